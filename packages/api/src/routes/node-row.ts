// Formats a process of the cluster for replies of the admin API.
import type { Member } from '@danmux/bus';
import type { NodesReply } from '@danmux/protocol/schemas';

export function nodeRow({ numbers, degraded = [], ...member }: Member): NodesReply['nodes'][number] {
  return { ...member, degraded: [...degraded], ...numbers };
}
