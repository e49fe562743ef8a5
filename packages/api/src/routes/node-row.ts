// A process of the cluster as the admin API shows it.
import type { Member } from '@danmux/bus';
import type { NodesReply } from '@danmux/protocol/schemas';

export function nodeRow({ numbers, degraded = [], ...member }: Member): NodesReply['nodes'][number] {
  return { ...member, degraded: [...degraded], ...numbers };
}
