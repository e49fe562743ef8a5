// Lists the URLs at which viewers reach the edges: the URL that an edge announces (`edge.public_url`), else one made from its address. If that is
// a loopback or wildcard address, the host name of the request replaces it.
import type { Bus } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';

export interface EdgeUrl {
  readonly url: string;
  readonly load: number;
}

/**
 * Lowest load first, without edges that are full. `visitedHost` replaces loopback and wildcard addresses, because viewers cannot reach those.
 * Throws `unavailable` when no edge is running or all are full.
 */
export async function edgeUrls(bus: Pick<Bus, 'members'>, visitedHost: string): Promise<readonly EdgeUrl[]> {
  const edges = (await bus.members.list()).filter(({ role }) => role === 'edge');
  if (edges.length === 0) throw new DanmuxError('unavailable', { message: 'No edge is running.', retryAfterMs: 1_000 });
  const free = edges.filter(({ load }) => load < 1);
  if (free.length === 0) throw new DanmuxError('unavailable', { message: 'Every edge is full.', retryAfterMs: 2_000 });
  return free.sort((a, b) => a.load - b.load || (a.id < b.id ? -1 : 1)).map(({ address, url, load }) => ({ url: url ?? urlOf(address, visitedHost), load }));
}

function urlOf(address: string, visitedHost: string): string {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  return `http://${/^(127\.|0\.0\.0\.0$|localhost$|\[::1?\]$)/.test(host) ? visitedHost : host}:${port}`;
}
