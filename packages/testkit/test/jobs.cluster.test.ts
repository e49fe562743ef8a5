// Jobs survive killed workers: a broadcast reaches every room exactly once, delayed messages arrive, and webhooks and the archive lose
// nothing and keep the order within a room.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { backendOf, type ClusterNode, eventually, ledgerMustBalance, ProcessCluster, readStream, TestViewer, testToken } from '../src/index.ts';
import { secret, selfSigned, status, WebhookConsumer } from '../src/webhook-consumer.ts';

const quick = ['jobs.lock_ms=1000'];

interface Job {
  readonly state: string;
  readonly attempts: number;
  readonly progress: { readonly done: number; readonly total: number } | null;
}

async function jobOf(cluster: ProcessCluster, id: string): Promise<Job> {
  const { status: code, body } = await backendOf(cluster).get(`/v1/jobs/${id}`);
  if (code !== 200) throw new Error(`the job answers ${code}`);
  return body as Job;
}

async function kill(node: ClusterNode | undefined): Promise<ClusterNode> {
  assert.ok(node, 'there is such a process');
  await node.process.stop('SIGKILL');
  return node;
}

test('worker-kill: a broadcast whose worker is killed finishes on another worker, once per room', { timeout: 120_000 }, async (t) => {
  const set = [...quick, 'broadcasts.rooms_per_second=20'];
  const cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 1, set });
  const rooms = Array.from({ length: 80 }, (_, n) => `room:${n}`);
  const watched = rooms.filter((_, n) => n % 10 === 0);
  const urls = cluster.of('edge').map(({ url }) => url);
  const viewers = await Promise.all(watched.map(async (room) => new TestViewer({ urls, room, token: await testToken(room) })));
  try {
    await Promise.all(viewers.map((viewer) => viewer.joined()));
    const { status: code, body } = await backendOf(cluster).post('/v1/broadcasts', { rooms, type: 'gift', data: { text: 'for all' }, id: 'news' });
    assert.equal(code, 202, JSON.stringify(body));
    const { job } = body as { job: string };
    await eventually(async () => {
      const { progress } = await jobOf(cluster, job);
      assert.ok((progress?.done ?? 0) >= 20, 'it has begun');
    });
    const worker = await kill(cluster.of('worker')[0]);
    const stopped = await jobOf(cluster, job);
    assert.equal(stopped.state, 'active');
    assert.ok((stopped.progress?.done ?? 0) < 80, `it was killed at ${stopped.progress?.done}`);
    await cluster.restart(worker);
    await eventually(async () => assert.equal((await jobOf(cluster, job)).state, 'done'), { timeoutMs: 30_000 });
    const done = await jobOf(cluster, job);
    t.diagnostic(`killed at ${stopped.progress?.done} rooms, ${done.attempts} attempts`);
    assert.deepEqual([done.attempts, done.progress], [2, { done: 80, total: 80 }]);
    const backend = backendOf(cluster);
    for (const room of rooms)
      assert.deepEqual(
        (await eventually(() => stored(room))).map(({ id }) => id),
        ['news'],
        room,
      );
    for (const viewer of viewers) await eventually(() => assert.deepEqual(viewer.ids('gift'), ['news']));
    const ledger = await ledgerMustBalance(cluster);
    assert.equal(ledger.accepted['gift'], rooms.length);

    async function stored(room: string) {
      const msgs = await readStream(backend, room, 'gift');
      assert.notEqual(msgs.length, 0, `${room} waits for it`);
      return msgs;
    }
  } finally {
    for (const viewer of viewers) viewer.close();
    await cluster.stop();
  }
});

test('worker-kill: webhooks and the archive lose nothing and keep the order while workers are killed and the target fails', {
  timeout: 120_000,
}, async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-hooks-'));
  const archive = join(dir, 'archive');
  const tls = selfSigned(dir);
  const consumer = new WebhookConsumer(false, tls);
  await consumer.start();
  const env = { DANMUX_WEBHOOK_URL: consumer.url, DANMUX_WEBHOOK_SECRET: secret, DANMUX_ARCHIVE_DIR: archive, NODE_EXTRA_CA_CERTS: tls.certFile };
  const set = [...quick, 'webhooks.allow_addresses=["127.0.0.0/8"]', 'webhooks.max_wait_ms=1000', 'webhooks.vacated_after_ms=500'];
  const cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 2, env, set });
  const rooms = ['live:1', 'live:2', 'live:3'];
  const pushed = new Map(rooms.map((room) => [room, [] as string[]]));
  const backend = backendOf(cluster);
  const push = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      for (const room of rooms) pushed.get(room)?.push((await backend.push({ room, type: 'gift', data: { n }, id: `${room}/${n}` })).id);
    }
  };
  try {
    const viewer = new TestViewer({ urls: cluster.of('edge').map(({ url }) => url), room: 'live:1', token: await testToken('ann') });
    await viewer.joined();
    await push(0, 20);
    await eventually(() => assert.ok(consumer.taken.length > 0, 'the first events arrived'));
    const [first, second] = cluster.of('worker');
    await kill(first);
    await push(20, 40);
    consumer.answer = status(503);
    await push(40, 60);
    await cluster.restart(first as ClusterNode);
    await kill(second);
    await push(60, 80);
    consumer.answer = (response) => void response.writeHead(200).end();
    await cluster.restart(second as ClusterNode);
    await push(80, 100);
    viewer.close();
    await eventually(
      () => {
        for (const room of rooms) assert.deepEqual([...new Set(consumer.messagesOf(room))], pushed.get(room), room);
      },
      { timeoutMs: 40_000 },
    );
    const twice = rooms.reduce((sum, room) => sum + consumer.messagesOf(room).length - 100, 0);
    t.diagnostic(`${consumer.taken.length} events accepted of ${consumer.asked.length} requests; ${twice} messages arrived twice`);
    assert.deepEqual(consumer.forged, []);
    const ids = new Map<string, string>();
    for (const { id, event } of consumer.asked.filter(({ event }) => event.type === 'message.sent')) {
      for (const message of (event.data as { messages: { id: string }[] }).messages) {
        assert.equal(ids.get(message.id) ?? id, id, `message ${message.id} has the same webhook-id in every delivery attempt`);
        ids.set(message.id, id);
      }
    }
    const said = () =>
      consumer.taken
        .filter(({ event: { room, type } }) => room === 'live:1' && type.startsWith('room.') && type !== 'room.users')
        .map(({ event }) => event.type);
    await eventually(() => assert.deepEqual(said(), ['room.occupied', 'room.vacated']), { timeoutMs: 30_000 });
    await eventually(() => {
      const [day] = readdirSync(archive);
      for (const room of rooms) {
        const lines = readFileSync(join(archive, day ?? '', `${room.replace(':', '~')}.jsonl`), 'utf8')
          .trimEnd()
          .split('\n');
        assert.deepEqual(
          lines.map((line) => (JSON.parse(line) as { id: string }).id),
          pushed.get(room),
          'each once, in order',
        );
      }
    });
  } finally {
    await cluster.stop();
    await consumer.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
