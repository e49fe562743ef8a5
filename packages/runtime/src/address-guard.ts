// Restricts outgoing requests (webhooks, viewer.token_jwks_url) to public addresses and to the private ranges that the config allows. The guard
// provides the `lookup` function of a connection, so that the connection goes to the checked address, even if the name resolves differently later.
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

  /**
   * Checks a host that is an IP address, because Node calls `lookup` only for names. Throws `RefusedAddress` when the address is not allowed; a
   * name passes.
   */
  checkHost(host: string): void {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) !== 0) this.#check(bare, bare);
  }

  /** Resolves a name and checks its addresses. All of them must be allowed, because the connection may use any of them. */
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
