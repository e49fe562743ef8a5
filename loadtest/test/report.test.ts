// The pages made from a report: they contain every figure, invent none, and escape all text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlOf } from '../src/report/html.ts';
import { performancePage } from '../src/report/performance-page.ts';
import type { ReportFile, Run } from '../src/report/report.ts';
import { linesOf } from '../src/report/text-table.ts';

const latencies = { chat: { count: 10, p50: 31, p90: 40, p99: 77, max: 80 } };
const shared = { serverCpu: 0.5, storeCpu: 0, swarmCpu: 0.2, otherCpu: 0.1, rssBytes: 2 ** 27, latencies };

function run(server: string, figures: Run['figures']): Run {
  const window = {
    ...shared,
    seconds: 5,
    offered: { chat: 20, gift: 0 },
    deliveriesPerSecond: 123_456,
    framesPerSecond: 20,
    byLanePerSecond: {},
    bytesPerDelivery: 166,
    messagesPerFrame: 10,
    cpuSecondsPerMillion: 0.25,
    loopLagP99: 12,
  };
  const second = { ...shared, at: 1_000, deliveries: 5, frames: 1, bytes: 100, connected: 3 };
  return { server, title: `<${server}>`, figures, windows: [{ label: 'steady', window }], timeline: [second, { ...second, at: 2_000 }], settled: undefined };
}

function file(scenario: string, figures: Run['figures'], viewers = 1_000): ReportFile {
  const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 8, kernel: 'Linux', node: 'v20', pinned: true, loadBefore: 0 };
  const acceptance = [
    { what: 'enough', bound: '≥ 1', measured: '2', passed: true },
    { what: 'quick', bound: '≤ 1', measured: '3', passed: false },
  ];
  const report = {
    scenario,
    does: `what ${scenario} does`,
    options: { viewers, deflate: false },
    runs: [run('danmux', figures), run('ws-alone', { 'writes/s': 40_000 })],
    acceptance,
  };
  return { at: '2026-01-01T00:00:00.000Z', command: `npm run loadtest -- ${scenario}`, machine, report };
}

const all = [
  file('steady-chat', { 'sustained deliveries/s': 9 }, 1_000),
  file('steady-chat', { 'sustained deliveries/s': 1_200_000 }, 10_000),
  file('prepared-writer', { 'writes/s': 80_000 }),
  file('idle-connections', { 'RSS bytes a connection': 9_000 }),
  file('roles', {
    'relay CPU s a million messages': 100,
    'api CPU s a million messages': 50,
    'redis CPU s a million messages': 60,
    'redis CPU s a million copies of a frame': 5,
  }),
];

test('the terminal shows windows, ratios and what passed', () => {
  const text = linesOf(file('prepared-writer', { 'writes/s': 80_000 }).report).join('\n');
  assert.match(text, /123,456/);
  assert.match(text, /<danmux> \/ <ws-alone>: writes\/s +2\.00/);
  assert.match(text, /PASS {2}enough: ≥ 1; measured 2\nFAIL {2}quick: ≤ 1; measured 3/);
});

test('the page of a run holds its plots and loads nothing', () => {
  const html = htmlOf(file('flood', { 'gift p99 ms': 12 }));
  assert.match(html, /var uPlot=/);
  assert.match(html, /"title":"deliveries\/s"/);
  assert.match(html, /&lt;danmux&gt;/);
  assert.doesNotMatch(html, /<danmux>|<link|src="/);
  assert.match(html, /class="fail">FAIL/);
});

test('the performance page has every scenario, the machine, the command and the capacity of the largest run', () => {
  const page = performancePage(all);
  assert.match(page, /\| PASS \| steady-chat, 10,000 viewers \| enough \|/);
  assert.match(page, /a CPU, 2 cores/);
  assert.match(page, /`npm run loadtest -- roles`/);
  assert.match(page, /D, sustained deliveries\/s \| 1,200,000 \|/);
  // 100,000 viewers × 20 frames / (0.6 × 80,000)
  assert.match(page, /\| 100,000 \| one room \| 42 \|/);
});

test('a figure that was not measured is named instead of computed', () => {
  const page = performancePage(all.filter(({ report }) => report.scenario !== 'roles'));
  assert.match(page, /Not computed: there is no run yet for roles/);
  assert.doesNotMatch(page, /one room/);
});

test('a scenario without viewers is titled by its name alone, and has no plots', () => {
  const { report, ...rest } = file('api-publish', { 'messages/s stored': 21_000 });
  const { viewers: _, ...options } = report.options;
  const alone = { ...rest, report: { ...report, options, runs: report.runs.map((one) => ({ ...one, windows: [], timeline: [] })) } };
  const page = performancePage([...all, alone]);
  assert.match(page, /\| PASS \| api-publish \| enough \|/);
  assert.match(page, /## api-publish\n/);
  assert.match(htmlOf(alone), /const plots=\[\];/);
});
