// Renders docs/performance.md from the JSON files of the last runs.
import { type Audience, assumptions, capacityOf, formulas, type PerCore } from './capacity.ts';
import { machineLine, optionsLine } from './html.ts';
import type { Acceptance, ReportFile, Run } from './report.ts';
import { shown } from './text-table.ts';

const method = `The swarm is bare TCP sockets that speak WebSocket, Engine.IO 4 and Socket.IO 5 by hand. Every 50th viewer of a room (every 10th or 5th
where rooms are small) is the sample: it reads every message, checks that the numbers it carries are complete and in order, and
gives the latencies, from when the publisher made the message to its arrival. The others count frames and bytes.
All viewers of a room get the same frames, so deliveries are frames × messages a frame of the sample. At the end each
viewer that was there all the time must have got as many frames and bytes as the sample of its room; those that did not are counted.
Danmux is published to over the batch route of its admin API, the socket.io peers over Redis from another process, \`ws\` and the
bare loop over a TCP connection. A chat message is 150 bytes of JSON, which the peers emit as it is; danmux adds an offset to each and a room to
each frame. Bytes are those of the TCP streams.
The scenario of the admin API has no viewers: autocannon posts to it, from the core Redis is on.
Server CPU is that of the serving process and its Redis; the share of other programs is shown next to it.`;

export function performancePage(files: readonly ReportFile[]): string {
  const ordered = [...files].sort(
    (a, b) => a.report.scenario.localeCompare(b.report.scenario) || Number(a.report.options['viewers']) - Number(b.report.options['viewers']),
  );
  const parts = [
    '# Performance',
    'Written by `npm run loadtest -- report` from the last runs. Do not edit it: run the load test again.',
    '## What was asked for',
    acceptanceTable(ordered),
    '## How it is measured',
    method,
    ...ordered.flatMap(section),
    '## Capacity',
    ...capacitySheet(ordered),
  ];
  return `${parts.join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function acceptanceTable(files: readonly ReportFile[]): string {
  const rows = files.flatMap(({ report }) => report.acceptance.map((line) => acceptanceRow(nameOf(report), line)));
  return table(['', 'scenario', 'what', 'bound', 'measured'], rows);
}

const nameOf = ({ scenario, options }: ReportFile['report']) =>
  options['viewers'] === undefined ? scenario : `${scenario}, ${shown(Number(options['viewers']))} viewers`;

const acceptanceRow = (name: string, { what, bound, measured, passed }: Acceptance): string[] => [passed ? 'PASS' : 'FAIL', name, what, bound, measured];

function section({ report, machine, command, at }: ReportFile): string[] {
  return [
    `## ${nameOf(report)}`,
    `${report.does}. ${optionsLine(report)}: \`${command}\`, ${at.slice(0, 10)}.`,
    `${machineLine(machine)}.`,
    figuresTable(report.runs),
    ...report.runs.flatMap(windowsOf),
  ];
}

function figuresTable(runs: readonly Run[]): string {
  const names = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  const cell = (run: Run, name: string) => shown(run.figures[name] ?? '-');
  return table(
    ['', ...runs.map(({ title }) => title)],
    names.map((name) => [name, ...runs.map((run) => cell(run, name))]),
  );
}

function windowsOf({ title, windows, settled }: Run): string[] {
  const head = ['window', 'deliveries/s', 'frames/s', 'latency p50 / p99 ms', 'bytes a message', 'CPU s a million', 'server', 'others', 'loop lag p99 ms'];
  const rows = windows.map(({ label, window }) => {
    const lanes = Object.entries(window.latencies).map(([lane, { p50, p99 }]) => `${lane} ${p50} / ${p99}`);
    const share = (cpu: number) => `${Math.round(cpu * 100)} %`;
    const { deliveriesPerSecond, framesPerSecond, bytesPerDelivery, cpuSecondsPerMillion, serverCpu, storeCpu, otherCpu, loopLagP99 } = window;
    const cells = [shown(deliveriesPerSecond), shown(framesPerSecond), lanes.join(', ') || '-', shown(bytesPerDelivery), shown(cpuSecondsPerMillion)];
    return [label, ...cells, share(serverCpu + storeCpu), share(otherCpu), shown(loopLagP99 ?? '-')];
  });
  const verdict = settled
    ? [`${title}: ${settled.verdict.viewers} sampled viewers; ${settled.verdict.different} of ${settled.verdict.compared} viewers differ from their sample.`]
    : [];
  return windows.length === 0 ? verdict : [`**${title}**`, table(head, rows), ...verdict];
}

function capacitySheet(files: readonly ReportFile[]): string[] {
  const found = measured(files);
  const missing = Object.entries(found).filter(([, { value }]) => value === undefined);
  if (missing.length > 0) return [`Not computed: there is no run yet for ${missing.map(([, { from }]) => from).join('; ')}.`];
  const core = Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value])) as unknown as PerCore;
  const { headroom, messagesPerSecond, tickMs, connectionsPerEdge } = assumptions;
  return [
    'Computed, not measured: the figures of one core above, put into these formulas.',
    table(
      ['measured on one core', 'figure', 'from'],
      Object.values(found).map(({ name, value, from }) => [name, small(value ?? 0), from]),
    ),
    table(
      ['assumed', ''],
      [
        ['h, planned load of a core', String(headroom)],
        ['m, messages a viewer gets a second (20 chat and 1 gift)', String(messagesPerSecond)],
        ['tick, milliseconds between two frames of a busy room', String(tickMs)],
        ['C, connections per edge', shown(connectionsPerEdge)],
      ],
    ),
    formulas.map((formula) => `- ${formula}`).join('\n'),
    capacityTable(core),
  ];
}

const small = (value: number) => (value > 0 && value < 0.01 ? value.toExponential(2) : shown(value));

function capacityTable(core: PerCore): string {
  const layouts: readonly { readonly name: string; audience(viewers: number): Audience }[] = [
    { name: 'one room', audience: (viewers) => ({ viewers, viewersPerRoom: viewers, edgesPerRoom: Number.POSITIVE_INFINITY }) },
    { name: 'rooms of 1,000, each on 2 edges', audience: (viewers) => ({ viewers, viewersPerRoom: 1_000, edgesPerRoom: 2 }) },
    { name: 'rooms of 1,000, each on every edge', audience: (viewers) => ({ viewers, viewersPerRoom: 1_000, edgesPerRoom: 1_000 }) },
  ];
  const rows = [100_000, 1_000_000, 10_000_000].flatMap((viewers) =>
    layouts.map(({ name, audience }) => {
      const { edges, relays, apis, redisCores, edgeMemoryBytes } = capacityOf(audience(viewers), core);
      return [shown(viewers), name, ...[edges, relays, apis, redisCores].map(shown), `${Math.round(edgeMemoryBytes / 2 ** 20)} MiB`];
    }),
  );
  return table(['viewers', 'spread', 'edges (cores)', 'relays (cores)', 'apis (cores)', 'Redis cores', 'memory of an edge for its viewers'], rows);
}

interface Measured {
  readonly name: string;
  readonly value: number | undefined;
  readonly from: string;
}

/**
 * Returns the measured value and its source for each field of PerCore. A scenario may have several files. The last one has the most
 * viewers, and its value counts.
 */
function measured(files: readonly ReportFile[]): Record<keyof PerCore, Measured> {
  const figure = (scenario: string, name: string, factor = 1): number | undefined => {
    const runs = files.filter(({ report }) => report.scenario === scenario).flatMap(({ report }) => report.runs);
    const value = runs.filter(({ server }) => server === 'danmux').at(-1)?.figures[name];
    return typeof value === 'number' && value > 0 ? value * factor : undefined;
  };
  const perMillion = (role: string) => figure('roles', `${role} CPU s a million messages`, 1e-6);
  return {
    deliveries: { name: 'D, sustained deliveries/s', value: figure('steady-chat', 'sustained deliveries/s'), from: 'steady-chat, the most viewers' },
    writes: { name: 'W, frames/s written', value: figure('prepared-writer', 'writes/s'), from: 'prepared-writer' },
    relayMessage: { name: 'cpu(relay), seconds a message', value: perMillion('relay'), from: 'roles' },
    apiMessage: { name: 'cpu(api), seconds a message', value: perMillion('api'), from: 'roles' },
    redisMessage: { name: 'cpu(Redis), seconds a message', value: perMillion('redis'), from: 'roles' },
    redisCopy: {
      name: 'cpu(copy), seconds of Redis a copy of a frame to an edge',
      value: figure('roles', 'redis CPU s a million copies of a frame', 1e-6),
      from: 'roles',
    },
    connectionBytes: { name: 'bytes a connection', value: figure('idle-connections', 'RSS bytes a connection'), from: 'idle-connections' },
  };
}
