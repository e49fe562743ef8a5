// Every metric danmux exports, as one table: name, kind, labels, help. A part asks for a metric by its key; a name that is
// not here cannot be counted. One registry a process; the default process metrics (CPU, memory, GC, lag) come with it.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const counters = {
  accepted: { name: 'danmux_accepted_total', help: 'Publications this process stored in an ingress.', labels: ['lane', 'source'] },
  refused: { name: 'danmux_refused_total', help: 'Requests answered with an error, by its code.', labels: ['source', 'code'] },
  sequenced: { name: 'danmux_sequenced_total', help: 'Publications this relay numbered and published.', labels: ['lane'] },
  shed: { name: 'danmux_shed_total', help: 'Publications not sent, by the reason.', labels: ['lane', 'reason'] },
  frames: { name: 'danmux_frames_total', help: 'Frames this relay published.', labels: [] },
  epochs: {
    name: 'danmux_epochs_total',
    help: "Rooms this process gave a new epoch, because the store's history is not what it was, by the reason.",
    labels: ['reason'],
  },
  commitsRefused: { name: 'danmux_commits_refused_total', help: 'Commits the store refused, by the reason.', labels: ['reason'] },
  due: { name: 'danmux_due_total', help: 'Messages times the viewers that were in their room on this edge.', labels: ['lane'] },
  delivered: { name: 'danmux_delivered_total', help: "Of those, handed to the viewer's connection.", labels: ['lane'] },
  viewerShed: { name: 'danmux_viewer_shed_total', help: 'Of those, not sent to a viewer, by the reason.', labels: ['lane', 'reason'] },
  undeliverable: { name: 'danmux_undeliverable_total', help: 'Of those, whose viewer was gone before they were sent.', labels: ['lane'] },
  deliveredBytes: { name: 'danmux_delivered_bytes_total', help: 'Bytes of frames written to viewers, before compression.', labels: [] },
  connections: { name: 'danmux_connections_total', help: 'Viewer connections accepted.', labels: ['transport'] },
  disconnections: { name: 'danmux_disconnections_total', help: 'Viewer connections ended, by the reason.', labels: ['reason'] },
  recoveries: { name: 'danmux_recoveries_total', help: 'Joins with positions, by lane and result.', labels: ['lane', 'recovered'] },
  holes: { name: 'danmux_holes_total', help: 'Holes in a room an edge noticed and read from history.', labels: ['lane'] },
  ringReads: { name: 'danmux_ring_reads_total', help: 'Reads of the store for a join, because the ring of the room did not reach back.', labels: ['lane'] },
  screened: {
    name: 'danmux_screened_total',
    help: "Viewers' messages that words or the hook decided about, by the action; words count no pass.",
    labels: ['by', 'action'],
  },
  hookFailures: {
    name: 'danmux_hook_failures_total',
    help: 'Questions to the pre-send hook without a usable answer, by the reason; on_failure decided.',
    labels: ['reason'],
  },
  jobs: { name: 'danmux_jobs_total', help: 'Jobs run, by name and result.', labels: ['job', 'result'] },
  authFailuresLimited: {
    name: 'danmux_auth_failures_limited_total',
    help: 'Requests that failed to prove who sends them, from an address that failed too often.',
    labels: [],
  },
  auditLost: {
    name: 'danmux_audit_lost_total',
    help: 'Rows of the audit log that could not be stored; those of moderation and administration are in the process log.',
    labels: [],
  },
  webhooks: { name: 'danmux_webhooks_total', help: 'Tries to give a webhook target an event, by how they ended.', labels: ['target', 'result'] },
  webhooksDead: { name: 'danmux_webhooks_dead_total', help: 'Webhook events that became dead letters.', labels: ['target'] },
  webhookDropped: {
    name: 'danmux_webhook_dropped_total',
    help: 'Events lost at the cap of the event log before a webhook target was given them, as this worker found.',
    labels: ['target'],
  },
  hopsDropped: {
    name: 'danmux_trace_hops_dropped_total',
    help: 'Hops of traced messages that were not told: more than 50 a second, or the store was away.',
    labels: [],
  },
  trafficLost: {
    name: 'danmux_room_traffic_lost_total',
    help: 'Commits that the traffic of their room lacks, because too many rooms of this relay waited to be told.',
    labels: [],
  },
  logDropped: {
    name: 'danmux_log_dropped_total',
    help: 'Lines of the log that were dropped: the disk was full, or the reader of the standard output stood still or was gone.',
    labels: [],
  },
  caught: { name: 'danmux_caught_errors_total', help: 'Errors that were caught, logged and survived.', labels: ['where'] },
} as const;

const gauges = {
  sessions: { name: 'danmux_sessions', help: 'Viewers connected to this edge.', labels: [] },
  rooms: { name: 'danmux_rooms', help: 'Rooms this edge holds.', labels: [] },
  shardsOwned: { name: 'danmux_shards_owned', help: 'Shards this relay owns.', labels: [] },
  backlog: { name: 'danmux_relay_backlog', help: 'Publications read from the ingress and not yet committed.', labels: ['lane'] },
  words: { name: 'danmux_words', help: 'Words the filter of this edge looks for.', labels: [] },
  webhookLag: { name: 'danmux_webhook_lag_seconds', help: 'For how long the oldest event waits that a webhook target was not given.', labels: ['target'] },
  eventsDropped: {
    name: 'danmux_events_dropped',
    help: 'Events the event log lost at its cap since the store began, whether or not every target had been given them.',
    labels: [],
  },
  degraded: { name: 'danmux_degraded', help: '1 while this process serves with something wrong, by the code that /readyz explains.', labels: ['code'] },
  storeUp: { name: 'danmux_store_up', help: '1 while the message store answers.', labels: [] },
} as const;

const histograms = {
  sequenceSeconds: {
    name: 'danmux_sequence_seconds',
    help: 'From acceptance to the commit of a publication.',
    labels: ['lane'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  hookSeconds: {
    name: 'danmux_hook_seconds',
    help: 'Questions to the pre-send hook that were answered.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1],
  },
  httpSeconds: {
    name: 'danmux_http_seconds',
    help: 'Admin API requests.',
    labels: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  },
} as const;

export type Metrics = { readonly registry: Registry } & { readonly [K in keyof typeof counters]: Counter } & { readonly [K in keyof typeof gauges]: Gauge } & {
  readonly [K in keyof typeof histograms]: Histogram;
};

/** Metrics of a process. `defaults: false` leaves out the process's own, which tests do not want. */
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

/** The table's rows, for the docs. */
export const metricTable = [...rows('counter', counters), ...rows('gauge', gauges), ...rows('histogram', histograms)];
