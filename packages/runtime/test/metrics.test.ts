// Tests that the metric table and the registry agree, and that names follow the rules of Prometheus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, metricTable } from '../src/metrics.ts';

test('the registry contains exactly the metrics of the table', async () => {
  const { registry } = createMetrics({ defaults: false });
  const registered = (await registry.getMetricsAsJSON()).map(({ name, type, help }) => `${type} ${name} ${help}`);
  assert.deepEqual(registered.sort(), metricTable.map(({ name, kind, help }) => `${kind} ${name} ${help}`).sort());
});

test('names are unique and prefixed, and counters end in _total', () => {
  assert.equal(new Set(metricTable.map(({ name }) => name)).size, metricTable.length);
  for (const { name, kind, help } of metricTable) {
    assert.match(name, /^danmux_[a-z_]+$/);
    assert.equal(name.endsWith('_total'), kind === 'counter', name);
    assert.match(help, /\.$/, name);
  }
});

test('no label has unbounded values', () => {
  for (const { name, labels } of metricTable) for (const label of labels) assert.ok(!['room', 'user', 'id', 'trace'].includes(label), `${name}{${label}}`);
});

test('a label that is not in the table cannot be counted', () => {
  const metrics = createMetrics({ defaults: false });
  assert.throws(() => metrics.accepted.inc({ lane: 'gift', room: 'live:1' }), /label/);
});

test('two registries count separately', async () => {
  const [a, b] = [createMetrics({ defaults: false }), createMetrics({ defaults: false })];
  a.frames.inc(3);
  assert.match(await a.registry.metrics(), /danmux_frames_total 3/);
  assert.match(await b.registry.metrics(), /danmux_frames_total 0/);
});

test('the default process metrics are included unless disabled', async () => {
  const { registry } = createMetrics();
  assert.match(await registry.metrics(), /process_resident_memory_bytes \d/);
  registry.clear();
});
