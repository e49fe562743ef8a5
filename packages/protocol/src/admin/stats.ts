// The cluster in numbers, and its processes.
import { type Static, Type } from 'typebox';

export const nodeSchema = Type.Object({
  id: Type.String(),
  role: Type.String({ description: 'edge, relay, api or worker' }),
  address: Type.String({ description: 'host:port; empty for a role that listens nowhere' }),
  version: Type.String(),
  load: Type.Number({ description: '0 idle to 1 full' }),
});

const laneCounts = Type.Record(Type.String(), Type.Integer());
export const statsReply = Type.Object({
  rooms: Type.Integer({ description: 'Rooms with a viewer online' }),
  online: Type.Integer({ description: 'Connections in rooms, all edges' }),
  accepted: laneCounts,
  sequenced: laneCounts,
  shed: Type.Record(Type.String(), laneCounts, { description: 'By lane, then by reason' }),
  nodes: Type.Array(nodeSchema),
});
export const nodesReply = Type.Object({ nodes: Type.Array(nodeSchema) });

export type NodesReply = Static<typeof nodesReply>;
export type StatsReply = Static<typeof statsReply>;
