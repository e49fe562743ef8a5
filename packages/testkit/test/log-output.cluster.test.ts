// The log cannot be written because the disk is full or its reader is blocked or gone. Every role still serves, counts dropped lines,
// and ends at SIGTERM.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { backendOf, edgeUrls, eventually, metricOf, ProcessCluster, TestViewer, testToken } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'danmux-log-'));
after(() => rmSync(folder, { recursive: true }));

/** A descriptor for both ends of a pipe that no process reads; filled up with `full`. */
function pipe(name: string, filled: boolean): number {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    while (filled) writeSync(both, Buffer.alloc(4_096, '-'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return both;
}

function closedPipe(): number {
  const both = pipe('closed', false);
  const writer = openSync(join(folder, 'closed'), constants.O_WRONLY);
  closeSync(both);
  return writer;
}

const outputs = {
  'a full disk': () => openSync('/dev/full', 'w'),
  'a pipe whose reader is blocked': () => pipe('still', true),
  'a pipe whose reader is gone': closedPipe,
};

/** Drains take no time, so that a process that ends late is blocked by something else. */
const drainMs = 100;
const set = ['log.buffer_bytes=4096', `edge.drain_ms=${drainMs}`, `api.drain_ms=${drainMs}`];

for (const [name, open] of Object.entries(outputs)) {
  test(`${name}: every role serves, counts dropped lines and ends at SIGTERM`, { timeout: 90_000 }, async () => {
    const out = open();
    const cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 1, env: { DANMUX_LOG_LEVEL: 'debug' }, set, out });
    try {
      const viewer = new TestViewer({ urls: edgeUrls(cluster), room: 'live:log', token: await testToken('ann') });
      await viewer.joined();
      const backend = backendOf(cluster);
      const ids = new Set<string>();
      for (let n = 0; n < 40; n++) ids.add((await backend.push({ room: 'live:log', type: 'gift', data: { n } })).id);
      // This message exercises the worker.
      const delayed = await backend.post('/v1/rooms/live:log/messages', { type: 'gift', data: {}, delay_ms: 10 });
      ids.add((delayed.body as { id: string }).id);
      await eventually(() => assert.deepEqual(new Set(viewer.ids('gift')), ids));
      for (const { name: role, url } of cluster.nodes.filter(({ role }) => role !== 'worker')) {
        await eventually(async () => assert.ok((await metricOf(url, 'danmux_log_dropped_total')) > 0, role));
        const { ready, degraded } = (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; degraded: { code: string }[] };
        assert.deepEqual([ready, degraded.map(({ code }) => code)], [true, ['log_dropped']], role);
      }
      viewer.close();
      for (const { name: role, process } of cluster.nodes) {
        const asked = performance.now();
        process.signal('SIGTERM');
        await process.ended;
        assert.equal(process.exitCode, 0, role);
        assert.ok(performance.now() - asked < drainMs + 1_000, `${role} took ${performance.now() - asked} ms`);
      }
    } finally {
      await cluster.stop();
      closeSync(out);
    }
  });
}
