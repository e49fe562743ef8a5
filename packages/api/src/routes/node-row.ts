// Formats the processes of the cluster for replies of the admin API. Digests of settings stay inside: only the names of settings that differ are
// shown.
import type { Member } from '@danmux/bus';
import { type ConfigComparison, compareConfigs } from '@danmux/cluster';
import type { NodesReply } from '@danmux/protocol/schemas';

type NodeRow = NodesReply['nodes'][number];

/** One row for each member, sorted by role and id, and the comparison of their configs. */
export function nodeRows(members: readonly Member[]): NodesReply {
  const comparison = compareConfigs(members);
  const nodes = members.map((member) => nodeRow(member, comparison));
  const { differences, unknown } = comparison;
  return {
    nodes: nodes.sort((a, b) => (a.role + a.id < b.role + b.id ? -1 : 1)),
    config: { differences: differences.map(({ nodes: ids, ...difference }) => ({ ...difference, nodes: [...ids] })), unknown: [...unknown] },
  };
}

function nodeRow({ numbers, degraded = [], settings, ...member }: Member, { differences }: ConfigComparison): NodeRow {
  const differing = differences.filter(({ nodes }) => nodes.includes(member.id)).map(({ setting }) => setting);
  const state = settings === undefined ? 'unknown' : differing.length > 0 ? 'different' : 'same';
  return { ...member, degraded: [...degraded], config: { state, settings: differing }, ...numbers };
}
