// Schemas of /v1/stats, /v1/stats/history and /v1/nodes: totals of the cluster and numbers of each process.
import { type Static, Type } from 'typebox';
import { byLane } from '../lanes.ts';
import { instant, strict } from './fields.ts';

const laneCounts = Type.Record(Type.String(), Type.Integer(), { title: 'LaneCounts', description: 'Messages, by lane' });
/** Messages per second, by lane. */
export const laneRates = Type.Record(Type.String(), Type.Number(), { title: 'LaneRates', description: 'Messages per second, by lane' });
const rates = byLane(() => 0);

/** Numbers that a process reports about itself. They are optional, because a process of an older version does not report them. */
const nodeNumbers = {
  started_at: Type.Optional(instant('When the process started')),
  seen_at: Type.Optional(instant('When the process last reported')),
  lag_ms: Type.Optional(Type.Number({ description: 'Event-loop lag, 99th percentile of the last two seconds' })),
  cpu: Type.Optional(
    Type.Number({ description: 'CPU use in the last two seconds as a share of one core; of the whole process, even when it runs several roles' }),
  ),
  rss_bytes: Type.Optional(Type.Integer({ description: 'Memory of the whole process' })),
  heap_bytes: Type.Optional(Type.Integer({ description: 'JavaScript heap in use, a part of `rss_bytes`' })),
  connections: Type.Optional(Type.Integer({ description: 'Edges: connected viewers' })),
  rooms: Type.Optional(Type.Integer({ description: 'Edges: rooms with a viewer on this edge' })),
  shards: Type.Optional(Type.Integer({ description: 'Relays: shards this relay owns' })),
  waiting: Type.Optional(Type.Record(Type.String(), Type.Integer(), { description: 'Relays: publications read but not yet sequenced, by lane' })),
  waiting_viewers: Type.Optional(Type.Integer({ description: 'Edges: viewers with a non-empty outbox' })),
  waiting_bytes: Type.Optional(Type.Integer({ description: 'Edges: bytes in these outboxes' })),
  per_second: Type.Optional(
    Type.Record(Type.String(), Type.Number(), {
      description:
        'Messages per second over the last two seconds, by lane: accepted by an api, sequenced by a relay, or delivered by an edge (once per viewer)',
    }),
  ),
  out_bytes_per_second: Type.Optional(Type.Number({ description: 'Edges: bytes of frames written to viewers, before compression' })),
};

const nodeConfig = Type.Object(
  {
    state: Type.Union([Type.Literal('same'), Type.Literal('different'), Type.Literal('unknown')], {
      title: 'NodeConfigState',
      description: '`different`: at least one setting differs from that of the other processes; `unknown`: a process of an older version, which does not say',
    }),
    settings: Type.Array(Type.String(), { description: 'Settings whose value differs from that of most processes; without a majority, from any of them' }),
  },
  { title: 'NodeConfig', description: 'The config of the process beside that of the other processes of its role' },
);

const nodeSchema = Type.Object(
  {
    id: Type.String(),
    role: Type.String({ description: 'edge, relay, api or worker' }),
    address: Type.String({ description: 'host:port; empty for a role without a listening port' }),
    url: Type.Optional(Type.String({ description: 'URL at which viewers reach an edge; absent when `edge.public_url` is empty' })),
    version: Type.String(),
    load: Type.Number({ description: '0 idle to 1 full' }),
    degraded: Type.Array(Type.Object({ code: Type.String(), text: Type.String() }, { title: 'Degradation' }), {
      description: 'Problems of a process that still serves, as listed by its /readyz; empty when there are none',
    }),
    config: nodeConfig,
    ...nodeNumbers,
  },
  { title: 'Node' },
);

export const statsReply = Type.Object(
  {
    rooms: Type.Integer({ description: 'Rooms with a viewer online' }),
    online: Type.Integer({ description: 'Connections in rooms, over all edges' }),
    accepted: laneCounts,
    sequenced: laneCounts,
    shed: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), { description: 'By lane, then by reason' }),
    nodes: Type.Array(nodeSchema),
  },
  { title: 'Stats' },
);
const settingDifference = Type.Object(
  {
    setting: Type.String({ description: 'Path of the setting; for an item of a list or table with its id, such as `webhooks.targets.billing`' }),
    majority: Type.Boolean({ description: 'Whether most processes have the same value; if not, every process that uses the setting is in `nodes`' }),
    nodes: Type.Array(Type.String(), { description: 'Ids of the processes whose value is not that of the majority' }),
  },
  { title: 'SettingDifference' },
);
const configComparison = Type.Object(
  {
    differences: Type.Array(settingDifference, { description: 'Settings that have different values in the cluster; empty when there are none' }),
    unknown: Type.Array(Type.String(), { description: 'Ids of processes of an older version, which do not say' }),
  },
  {
    title: 'ConfigComparison',
    description: 'Differences between the configs of the processes. Values are never shown; `danmux config print` prints them for one process',
  },
);
export const nodesReply = Type.Object({ nodes: Type.Array(nodeSchema), config: configComparison }, { title: 'NodeList' });

export const nodesExample = {
  nodes: [
    {
      ...{ id: 'edge@edge-8k2m4q9x1c', role: 'edge', address: '127.0.0.1:7700', version: '0.1.0', load: 0.12, degraded: [] },
      config: { state: 'different' as const, settings: ['viewer.token_secret'] },
      ...{ started_at: 1_767_225_600_000, seen_at: 1_767_229_200_000, lag_ms: 1.2, cpu: 0.31, rss_bytes: 181_403_648, heap_bytes: 61_022_208 },
      ...{ connections: 1_204, rooms: 2, waiting_viewers: 1, waiting_bytes: 2_048 },
      ...{ per_second: { ...rates, chat: 9_640.5 }, out_bytes_per_second: 1_204_118 },
    },
    {
      ...{ id: 'relay@relay-3v7n1k5z8p', role: 'relay', address: '', version: '0.1.0', load: 0.22 },
      config: { state: 'same' as const, settings: [] },
      degraded: [
        { code: 'redis_eviction', text: 'The maxmemory-policy of Redis is allkeys-lru: it may delete stored messages. Set maxmemory-policy to noeviction.' },
      ],
      ...{ started_at: 1_767_225_600_000, seen_at: 1_767_229_200_000, lag_ms: 0.7, cpu: 0.22, rss_bytes: 120_586_240, heap_bytes: 40_894_464 },
      ...{ shards: 16, waiting: { ...rates, chat: 12 }, per_second: { ...rates, gift: 1.5, chat: 80 } },
    },
  ],
  config: { differences: [{ setting: 'viewer.token_secret', majority: true, nodes: ['edge@edge-8k2m4q9x1c'] }], unknown: [] },
};

/** Query of /v1/stats/history. */
export const statsHistoryQuery = Type.Object(
  { minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, default: 60, description: 'The last 1 to 60 minutes' })) },
  strict,
);

const statsSample = Type.Object(
  {
    at: instant('When the sample was taken'),
    online: Type.Integer({ description: 'Connections in rooms, over all edges' }),
    rooms: Type.Integer({ description: 'Rooms with a viewer online' }),
    connections: Type.Integer({ description: 'Viewers connected to any edge, in a room or not' }),
    lag_ms: Type.Union([Type.Number(), Type.Null()], {
      description: 'The largest event-loop lag of any process, 99th percentile; null when no process reported one',
    }),
    waiting: Type.Record(Type.String(), Type.Integer(), { description: 'Messages accepted but not yet sequenced or shed, by lane' }),
    per_second: Type.Union([Type.Object({ accepted: laneRates, sequenced: laneRates, shed: laneRates }, { title: 'TrafficRates' }), Type.Null()], {
      description: 'Rates since the previous sample; null when the previous sample is missing',
    }),
  },
  { title: 'StatsSample' },
);
export const statsHistoryReply = Type.Object(
  {
    every_ms: Type.Integer({ description: 'Interval between samples. A larger distance between two samples means that samples in between are missing' }),
    samples: Type.Array(statsSample, { description: 'Oldest first' }),
  },
  { title: 'StatsHistory' },
);

export const statsHistoryExample = {
  every_ms: 10_000,
  samples: [
    { at: 1_767_225_600_000, online: 1_180, rooms: 2, connections: 1_201, lag_ms: 1.2, waiting: rates, per_second: null },
    {
      ...{ at: 1_767_225_610_000, online: 1_204, rooms: 2, connections: 1_219, lag_ms: 2.9, waiting: { ...rates, chat: 12 } },
      per_second: { accepted: { ...rates, gift: 1.5, chat: 91.2 }, sequenced: { ...rates, gift: 1.5, chat: 80 }, shed: { ...rates, chat: 10 } },
    },
  ],
};

export type NodesReply = Static<typeof nodesReply>;
export type StatsReply = Static<typeof statsReply>;
export type StatsHistoryReply = Static<typeof statsHistoryReply>;
export type StatsSample = Static<typeof statsSample>;
