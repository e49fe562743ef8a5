// The table of all metrics that danmux exports: name, labels and help text. Each process has one registry, which also contains the
// default process metrics (CPU, memory, GC, event-loop lag). A metric that is not in this table cannot be counted.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const counters = {
  accepted: { name: 'danmux_accepted_total', help: 'Publications accepted and stored in the ingress by this process.', labels: ['lane', 'source'] },
  refused: { name: 'danmux_refused_total', help: 'Requests refused with an error, by error code.', labels: ['source', 'code'] },
  sequenced: { name: 'danmux_sequenced_total', help: 'Publications that this relay numbered and published.', labels: ['lane'] },
  shed: { name: 'danmux_shed_total', help: 'Publications shed before sending, by reason.', labels: ['lane', 'reason'] },
  frames: { name: 'danmux_frames_total', help: 'Frames published by this relay.', labels: [] },
  epochs: {
    name: 'danmux_epochs_total',
    help: 'New epochs of rooms started by this process because history in the store was lost or changed, by reason.',
    labels: ['reason'],
  },
  commitsRefused: { name: 'danmux_commits_refused_total', help: 'Commits refused by the store, by reason.', labels: ['reason'] },
  due: { name: 'danmux_due_total', help: 'Deliveries due on this edge: each message counts once per viewer in its room.', labels: ['lane'] },
  delivered: { name: 'danmux_delivered_total', help: "Due deliveries written to the viewer's connection.", labels: ['lane'] },
  viewerShed: { name: 'danmux_viewer_shed_total', help: 'Due deliveries shed instead of sent, by reason.', labels: ['lane', 'reason'] },
  undeliverable: { name: 'danmux_undeliverable_total', help: 'Due deliveries whose viewer disconnected or left before they were sent.', labels: ['lane'] },
  deliveredBytes: { name: 'danmux_delivered_bytes_total', help: 'Bytes of frames written to viewers, before compression.', labels: [] },
  connections: { name: 'danmux_connections_total', help: 'Viewer connections accepted.', labels: ['transport'] },
  disconnections: { name: 'danmux_disconnections_total', help: 'Viewer connections closed, by reason.', labels: ['reason'] },
  recoveries: { name: 'danmux_recoveries_total', help: 'Recoveries of a lane at joins with positions, by result.', labels: ['lane', 'recovered'] },
  holes: { name: 'danmux_holes_total', help: 'Missing offsets noticed by this edge and read from history.', labels: ['lane'] },
  ringReads: {
    name: 'danmux_ring_reads_total',
    help: 'Reads of history from the store because the replay buffer of the room did not reach far enough back.',
    labels: ['lane'],
  },
  screened: {
    name: 'danmux_screened_total',
    help: 'Viewer messages checked by word lists or the pre-send hook, by action. Word lists do not count passed messages.',
    labels: ['by', 'action'],
  },
  hookFailures: {
    name: 'danmux_hook_failures_total',
    help: 'Requests to the pre-send hook without a valid reply, by reason; moderation.hook.on_failure decided.',
    labels: ['reason'],
  },
  jobs: { name: 'danmux_jobs_total', help: 'Jobs executed, by name and result.', labels: ['job', 'result'] },
  authFailuresLimited: {
    name: 'danmux_auth_failures_limited_total',
    help: 'Failed authentications answered with rate_limited because their address had too many before.',
    labels: [],
  },
  auditLost: {
    name: 'danmux_audit_lost_total',
    help: 'Audit rows that could not be stored. Rows of moderation and administration are written to the process log instead.',
    labels: [],
  },
  webhooks: { name: 'danmux_webhooks_total', help: 'Delivery attempts to a webhook target, by result.', labels: ['target', 'result'] },
  webhooksDead: { name: 'danmux_webhooks_dead_total', help: 'Webhook events that became dead letters.', labels: ['target'] },
  webhookDropped: {
    name: 'danmux_webhook_dropped_total',
    help: 'Events dropped at the cap of the event log before delivery to a webhook target, as noticed by this worker.',
    labels: ['target'],
  },
  hopsDropped: {
    name: 'danmux_trace_hops_dropped_total',
    help: 'Trace hops not stored: more than 50 per second, or the store was unavailable.',
    labels: [],
  },
  trafficLost: {
    name: 'danmux_room_traffic_lost_total',
    help: 'Commits missing in the traffic counts of their room, because too many rooms of this relay had pending counts.',
    labels: [],
  },
  logDropped: {
    name: 'danmux_log_dropped_total',
    help: 'Log lines dropped because the disk was full or the reader of the standard output was blocked or gone.',
    labels: [],
  },
  caught: { name: 'danmux_caught_errors_total', help: 'Errors caught and logged while the process continued, by component.', labels: ['where'] },
} as const;

const gauges = {
  sessions: { name: 'danmux_sessions', help: 'Viewers connected to this edge.', labels: [] },
  rooms: { name: 'danmux_rooms', help: 'Rooms with a viewer on this edge.', labels: [] },
  shardsOwned: { name: 'danmux_shards_owned', help: 'Shards owned by this relay.', labels: [] },
  backlog: { name: 'danmux_relay_backlog', help: 'Publications read from the ingress but not yet committed.', labels: ['lane'] },
  words: { name: 'danmux_words', help: 'Words in the word filter of this edge.', labels: [] },
  webhookLag: { name: 'danmux_webhook_lag_seconds', help: 'Age of the oldest event not yet delivered to a webhook target, seconds.', labels: ['target'] },
  eventsDropped: {
    name: 'danmux_events_dropped',
    help: 'Events dropped at the cap of the event log since the store was created, delivered or not.',
    labels: [],
  },
  degraded: { name: 'danmux_degraded', help: '1 while this process serves with a problem; /readyz explains the code.', labels: ['code'] },
  storeUp: { name: 'danmux_store_up', help: '1 while the message store responds, else 0.', labels: [] },
} as const;

const histograms = {
  sequenceSeconds: {
    name: 'danmux_sequence_seconds',
    help: 'Time from acceptance to commit of a publication, seconds.',
    labels: ['lane'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  hookSeconds: {
    name: 'danmux_hook_seconds',
    help: 'Duration of answered requests to the pre-send hook, seconds.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1],
  },
  httpSeconds: {
    name: 'danmux_http_seconds',
    help: 'Duration of admin API requests, seconds.',
    labels: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  },
} as const;

/** The metrics of a process by the names of the tables above, and the registry that prints them. */
export type Metrics = { readonly registry: Registry } & { readonly [K in keyof typeof counters]: Counter } & { readonly [K in keyof typeof gauges]: Gauge } & {
  readonly [K in keyof typeof histograms]: Histogram;
};

/** Creates the metrics of a process. `defaults: false` omits the default process metrics, for tests. */
export function createMetrics(options: { defaults?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.defaults ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const made: Record<string, unknown> = { registry };
  for (const [key, { labels, ...spec }] of Object.entries(counters)) made[key] = new Counter({ ...spec, labelNames: labels, registers });
  for (const [key, { labels, ...spec }] of Object.entries(gauges)) made[key] = new Gauge({ ...spec, labelNames: labels, registers });
  for (const [key, { labels, ...spec }] of Object.entries(histograms))
    made[key] = new Histogram({ ...spec, buckets: [...spec.buckets], labelNames: labels, registers });
  return made as Metrics;
}

const rows = (kind: string, table: Readonly<Record<string, { name: string; help: string; labels: readonly string[] }>>) =>
  Object.values(table).map(({ name, help, labels }) => ({ name, kind, help, labels }));

/** All rows of the table, for the docs. */
export const metricTable = [...rows('counter', counters), ...rows('gauge', gauges), ...rows('histogram', histograms)];
