// Restricts outgoing requests (webhooks, viewer.token_jwks_url) to public addresses and to the private ranges that the config allows. It is
// the `lookup` function of the connection, so that the checked address is the one connected to, even if the name resolves differently later.
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ConfigError } from './config/config-error.ts';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];
/** Deprecated IPv4-compatible addresses `::a.b.c.d`. */
const oldMapped = ipaddr.parseCIDR('::/96') as Range;

function rangeOf(text: string): Range {
  try {
    return ipaddr.parseCIDR(text) as Range;
  } catch (error) {
    throw new ConfigError(`webhooks.allow_addresses: "${text}" is not a range such as 10.1.0.0/16.`, { cause: error });
  }
}

class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
  readonly code = 'address_refused';
}

/** The addresses that outgoing requests may connect to: public ones, and the given private ranges. */
export class AddressGuard {
  readonly #allowed: readonly Range[];

  /** Throws a ConfigError when a range is malformed. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map(rangeOf);
  }

  /** Checks a host that is an IP address, which is never looked up. Throws `RefusedAddress`; names pass. */
  checkHost(host: string): void {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) !== 0) this.#check(bare, bare);
  }

  /** Every address of the name must be allowed, because the one that will be used is not known. */
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
