// Decides where webhooks may go: public addresses, and the private ranges the config allows. It is the `lookup` of the
// connection itself, so that the address that was checked is the one connected to, whatever the name resolves to next time.
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { ConfigError } from '@danmux/runtime';
import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];
/** Addresses of the old form `::a.b.c.d`, whose ranges are those of nobody. */
const oldMapped = ipaddr.parseCIDR('::/96') as Range;

function rangeOf(text: string): Range {
  try {
    return ipaddr.parseCIDR(text) as Range;
  } catch (error) {
    throw new ConfigError(`webhooks.allow_addresses: "${text}" is no range such as 10.1.0.0/16.`, { cause: error });
  }
}

class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
  readonly code = 'address_refused';
}

export class AddressGuard {
  readonly #allowed: readonly Range[];

  /** Throws a ConfigError when one of the ranges is none. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map(rangeOf);
  }

  /** A host that is an address is never looked up: ask here. Throws `RefusedAddress`; a name passes. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) !== 0) this.#check(bare, bare);
  }

  /** Every address of the name must be allowed: which of them is taken is not known. */
  readonly lookup: LookupFunction = (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      try {
        for (const { address } of addresses) this.#check(address, name);
      } catch (refused) {
        return done(refused as NodeJS.ErrnoException, '');
      }
      const [first] = addresses;
      if (options.all || !first) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };

  #check(address: string, name: string): void {
    const plain = ipaddr.process(address);
    if (this.#allowed.some(([range, bits]) => plain.kind() === range.kind() && plain.match(range, bits))) return;
    const range = plain.range();
    const old = plain.kind() === 'ipv6' && plain.match(...oldMapped);
    if (range === 'unicast' && !old) return;
    const what = name === address ? address : `${name} (${address})`;
    throw new RefusedAddress(`${what} is ${old ? 'reserved' : range}; webhooks.allow_addresses does not allow it`);
  }
}
