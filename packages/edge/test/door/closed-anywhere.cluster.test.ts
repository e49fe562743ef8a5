// Tests that no promise rejection is unhandled: for each kind of connection to a Redis Cluster and each kind of command, the connection is
// closed once, right after the command was sent, while a slot migrates to another master. Pending calls may reject; the process goes on.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createBus, shardOf } from '@danmux/bus';
import { createJobs } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisClusterGroup, redisCli, startRedisCluster } from '@danmux/testkit';
import { testPublication, testRuntime } from '@danmux/testkit/unit';
import { Cluster, Redis } from 'ioredis';
import { Server } from 'socket.io';
import { ClusterControl } from '../../src/door/cluster-control.ts';

/** Closes the connection once for each kind of command, right after the command was sent. */
class Closer {
  /** `CONNECTION COMMAND`, in the order they were first seen. */
  readonly #seen = new Set<string>();
  readonly closed = new Set<string>();
  readonly #send = Redis.prototype.sendCommand;
  #next: string | undefined;

  constructor() {
    const closer = this;
    Redis.prototype.sendCommand = function (this: Redis, ...args: Parameters<Redis['sendCommand']>) {
      // Connections to nodes, subscribers and those that ask where slots are; not what danmux calls them.
      const kind = `${/\(([a-z]+)\)/.exec(String(this.options.connectionName))?.[1] ?? 'node'} ${args[0].name}`;
      closer.#seen.add(kind);
      const sent = closer.#send.apply(this, args);
      if (closer.#next === kind) {
        closer.#next = undefined;
        closer.closed.add(kind);
        (this as unknown as { stream?: { destroy(): void } }).stream?.destroy();
      }
      return sent;
    };
  }

  /** The next kind whose connection is closed; undefined when all were. */
  aim(): string | undefined {
    this.#next = [...this.#seen].find((kind) => !this.closed.has(kind));
    return this.#next;
  }

  /** Skips the current kind, because no such command was sent in time. */
  giveUp(): void {
    if (this.#next !== undefined) this.closed.add(this.#next);
    this.#next = undefined;
  }

  get kinds(): readonly string[] {
    return [...this.#seen];
  }

  restore(): void {
    Redis.prototype.sendCommand = this.#send;
  }
}

const room = 'live:1';
const unowned: unknown[] = [];
const note = (reason: unknown) => unowned.push(reason);
let group: RedisClusterGroup;
let closer: Closer;
before(async () => {
  group = await startRedisCluster();
  await moveSlotOf(`danmux:{s${shardOf(room, runtimeOf().config.shards)}}:x`);
  process.on('unhandledRejection', note);
});
afterEach(() => closer?.restore());
after(async () => {
  process.off('unhandledRejection', note);
  await group.stop();
});

function runtimeOf(set: Readonly<Record<string, unknown>> = {}): Runtime {
  return testRuntime({ after }, { 'redis.url': group.url, 'redis.command_timeout_ms': 600, 'redis.ack_timeout_ms': 100, 'jobs.lock_ms': 1_000, ...set });
}

/** Half-way to another master: a key that is not here is asked for there. */
async function moveSlotOf(key: string): Promise<void> {
  const from = await group.masterOf(key);
  const to = group.servers.find((server) => server !== from);
  assert.ok(to);
  const [slot, here, there] = await Promise.all([
    redisCli(from.port, 'cluster', 'keyslot', key),
    redisCli(from.port, 'cluster', 'myid'),
    redisCli(to.port, 'cluster', 'myid'),
  ]);
  await redisCli(to.port, 'cluster', 'setslot', slot.trim(), 'importing', here.trim());
  await redisCli(from.port, 'cluster', 'setslot', slot.trim(), 'migrating', there.trim());
}

type Live = (round: number) => Promise<void>;

/** From start to stop, with a little of everything between; who waits is refused or not. */
const lives: Readonly<Record<string, Live>> = {
  bus: async (round) => {
    const runtime = runtimeOf({ 'redis.ack': 'replicated' });
    const bus = createBus(runtime);
    await bus.start();
    await eventually(() => bus.health(), { timeoutMs: 10_000 });
    const subscriber = { frame: () => {}, resumed: () => {} };
    await Promise.allSettled([
      bus.ingress.publish([testPublication(runtime.config, 'live:2', 'gift', `g${round}`), testPublication(runtime.config, 'live:3', 'chat', `c${round}`)]),
      bus.presence.online(room),
      bus.frames.subscribe('live:2', subscriber).then((subscription) => subscription.close()),
      bus.presence.totals(),
    ]);
    await bus.stop();
  },
  jobs: async (round) => {
    const runtime = runtimeOf();
    const bus = createBus(runtime);
    const jobs = createJobs(runtime, bus);
    const ran = new Promise<void>((resolve) => {
      jobs.handle('receipts', async () => resolve());
    });
    await Promise.all([bus.start(), jobs.start()]);
    // A job that is added again because the reply was lost is the same job.
    await eventually(() => jobs.add('receipts', { id: `m${round}`, room }, { id: `job-${round}` }), { timeoutMs: 20_000 });
    await ran;
    await jobs.drain?.();
    await Promise.all([jobs.stop(), bus.stop()]);
  },
  'cluster control': async (round) => {
    const runtime = runtimeOf();
    const control = new ClusterControl(runtime, new Server(), () => {});
    await control.start();
    await eventually(() => assert.ok(closer.kinds.some((kind) => kind.endsWith(' psubscribe'))));
    control.disconnectUser(`u${round}`);
    await control.stop();
  },
};

for (const [part, live] of Object.entries(lives)) {
  test(`${part}: each command in turn loses its connection: nothing is unhandled, and all goes on`, { timeout: 120_000 }, async (t) => {
    closer = new Closer();
    let round = 0;
    await live(round++);
    for (let kind = closer.aim(); kind !== undefined; kind = closer.aim()) {
      await live(round++).catch((error: unknown) => {
        throw new Error(`after the connection closed at ${kind}: ${error}`, { cause: error });
      });
      closer.giveUp();
      await new Promise(setImmediate);
      assert.deepEqual(unowned, [], `after the connection closed at ${kind}`);
    }
    t.diagnostic(`${part}: ${closer.kinds.join(', ')}`);
  });
}

test('the commands that ioredis sends by itself: asking, and the subscriptions of a connection that came back', { timeout: 30_000 }, async () => {
  const { RedisConnection } = await import('@danmux/bus/redis');
  const connection = new RedisConnection(runtimeOf(), 'test');
  connection.start();
  await eventually(() => assert.equal(connection.up, true));
  const { client } = connection;
  assert.ok(client instanceof Cluster);
  for (const node of client.nodes('all')) {
    const one = node.duplicate({ lazyConnect: true, retryStrategy: () => 10, autoResubscribe: true, maxRetriesPerRequest: null });
    one.on('error', () => {});
    await one.connect();
    await one.subscribe('a');
    await one.psubscribe('b*');
    // The client reconnects, subscribes again, and disconnects before the reply.
    one.once('reconnecting', () => one.once('ready', () => one.disconnect()));
    one.disconnect(true);
    await new Promise((resolve) => one.once('end', resolve));
    void node.asking();
    node.disconnect();
  }
  connection.stop();
  await new Promise(setImmediate);
  assert.deepEqual(unowned, []);
});
