// Decides whether a target is reached without the proxy, by the rules of the variable NO_PROXY.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * True when an entry matches the host: `*`; a name, with or without a leading dot, which also matches its subdomains; an address or a range
 * (CIDR), which match hosts given as addresses. An entry with `:port` matches that port only.
 */
export function bypassesProxy(entries: readonly string[], { hostname, port, protocol }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const portOfUrl = port || (protocol === 'https:' ? '443' : '80');
  return entries.some((entry) => {
    const [, name = entry, only] = /^([^:]+|\[.*\]):(\d+)$/.exec(entry) ?? [];
    return (only === undefined || only === portOfUrl) && matches(name.toLowerCase().replace(/^\[(.*)\]$/, '$1'), host);
  });
}

function matches(name: string, host: string): boolean {
  if (name === '*') return true;
  if (isIP(host) !== 0) return matchesAddress(name, host);
  const suffix = name.replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

function matchesAddress(name: string, host: string): boolean {
  const address = ipaddr.process(host);
  if (ipaddr.isValid(name)) return ipaddr.process(name).toNormalizedString() === address.toNormalizedString();
  if (!ipaddr.isValidCIDR(name)) return false;
  const [range, bits] = ipaddr.parseCIDR(name);
  return range.kind() === address.kind() && address.match(range, bits);
}
