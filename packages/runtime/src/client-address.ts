// Finds the IP address of a client: the address of its connection or, behind the proxies that `trusted_proxies` lists, the address that they
// report in X-Forwarded-For. Every log line and audit row uses it; rate limits count by its network. The header of any other sender is ignored.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ConfigError } from './config/config-error.ts';

/** Returns the address of the client that sent a request; empty when the connection has already ended. */
export type ClientAddress = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * Returns the right-most address of X-Forwarded-For that is not a trusted proxy. Each proxy appends the address from which it was called, so
 * the addresses to the left of an untrusted one are chosen by the client. Throws a ConfigError when a range is malformed or covers every address.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = rangesOf(trustedProxies);
  const trusts = (address: string) => trustedProxies.length > 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return ({ headers, socket }) => {
    let client = plainAddress(socket.remoteAddress ?? '');
    if (isIP(client) === 0 || !trusts(client)) return client;
    const reported = String(headers['x-forwarded-for'] ?? '').split(',');
    for (const text of reported.reverse()) {
      const address = plainAddress(text);
      // The entry may be no address, for example `unknown`. Then the proxy that wrote it is the last known address.
      if (isIP(address) === 0) return client;
      client = address;
      if (!trusts(client)) return client;
    }
    return client;
  };
}

/**
 * The key under which rate limits count an address. Providers give each customer at least a /64 of IPv6, so a limit on single addresses would
 * limit nobody: all addresses of a /64 have one key, such as `2001:db8:1:2::/64`. An IPv4 address, also an IPv4-mapped one, is its own key. Any
 * other text is returned unchanged.
 */
export function addressNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const plain = ipaddr.process(address);
  if (!(plain instanceof ipaddr.IPv6)) return plain.toString();
  return `${new ipaddr.IPv6([...plain.parts.slice(0, 4), 0, 0, 0, 0])}/64`;
}

function rangesOf(texts: readonly string[]): BlockList {
  const ranges = new BlockList();
  for (const text of texts) {
    const [, address = '', bits] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const version = isIP(address);
    const width = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? width : Number(bits);
    if (version === 0 || prefix > width)
      throw new ConfigError(`trusted_proxies: "${text}" is not an address or a range such as 10.0.0.0/8 or fd00::/8; list the addresses of the proxies.`);
    if (/^::ffff:/i.test(address)) throw new ConfigError(`trusted_proxies: "${text}": write IPv4 addresses without ::ffff:, such as 10.0.0.0/8.`);
    if (prefix === 0)
      throw new ConfigError(
        `trusted_proxies: "${text}" covers every address, so each client could choose its own with X-Forwarded-For; list only the addresses of the proxies.`,
      );
    ranges.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return ranges;
}

/** Removes spaces, a port, brackets, a zone and the IPv4-mapped prefix: some proxies append `1.2.3.4:5678` or `[2001:db8::1]:5678`. */
function plainAddress(text: string): string {
  const trimmed = text.trim();
  const [, bare = trimmed] = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed) ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(trimmed) ?? [];
  return bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+(?:\.\d+){3}$)/i, '');
}
