// The Redis engine. Every write that must be atomic is one Lua script on keys of one hash slot; most reads are plain commands. The process
// has no state but connections, subscriptions and answers cached for a second.
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Bus } from '../bus.ts';
import { RedisChannels } from './channels.ts';
import { RedisClaims } from './claims.ts';
import { RedisCondition } from './connection/condition.ts';
import { RedisConnection } from './connection/connection.ts';
import { RedisTime } from './connection/time.ts';
import { RedisCursors } from './cursors.ts';
import { RedisEventLog } from './events.ts';
import { RedisFrames } from './frames.ts';
import { RedisIngress } from './ingress.ts';
import { RedisLeases } from './leases.ts';
import { RedisLedger } from './ledger.ts';
import { RedisLogs } from './logs.ts';
import { RedisMembers } from './members.ts';
import { RedisPresence } from './presence.ts';
import { RedisReceipts } from './receipts.ts';
import { RedisRecords } from './records.ts';
import { ReplicatedWrites } from './replicated-writes.ts';
import { RedisStore } from './store.ts';
import { RedisStreams } from './streams.ts';
import { RedisTraces } from './traces.ts';
import { RedisTraffic } from './traffic.ts';

export class RedisBus implements Bus {
  readonly engine = 'redis';
  readonly ingress: RedisIngress;
  readonly streams: RedisStreams;
  readonly frames: RedisFrames;
  readonly leases: RedisLeases;
  readonly presence: RedisPresence;
  readonly members: RedisMembers;
  readonly claims: RedisClaims;
  readonly ledger: RedisLedger;
  readonly records: RedisRecords;
  readonly cursors: RedisCursors;
  readonly events: RedisEventLog;
  readonly logs: RedisLogs;
  readonly receipts: RedisReceipts;
  readonly traces: RedisTraces;
  readonly traffic: RedisTraffic;
  readonly #connections: readonly (RedisConnection | ReplicatedWrites)[];
  readonly #channels: RedisChannels;
  readonly #store: RedisStore;
  readonly #time: RedisTime;
  readonly #condition: RedisCondition;

  constructor(runtime: Runtime) {
    const commands = new RedisConnection(runtime, 'commands');
    const subscriptions = new RedisConnection(runtime, 'subscriptions');
    const channels = new RedisChannels(runtime, subscriptions);
    const store = new RedisStore(runtime, commands);
    this.#channels = channels;
    this.#store = store;
    this.#time = new RedisTime(runtime, store, commands);
    const replicated = runtime.config.redis.ack === 'replicated' ? new ReplicatedWrites(runtime) : undefined;
    this.#connections = [commands, subscriptions, ...(replicated ? [replicated] : [])];
    this.#condition = new RedisCondition(runtime, commands);
    this.ingress = new RedisIngress(runtime, store, channels, replicated);
    this.streams = new RedisStreams(runtime, store);
    this.frames = new RedisFrames(store, channels);
    this.leases = new RedisLeases(store, channels);
    this.presence = new RedisPresence(store);
    this.members = new RedisMembers(store);
    this.claims = new RedisClaims(store);
    this.ledger = new RedisLedger(store);
    this.records = new RedisRecords({ runtime, store, channels });
    this.cursors = new RedisCursors(store);
    this.events = new RedisEventLog({ runtime, store, channels });
    this.logs = new RedisLogs(store);
    this.receipts = new RedisReceipts(runtime, store);
    this.traces = new RedisTraces(store);
    this.traffic = new RedisTraffic(store);
  }

  async start(): Promise<void> {
    for (const part of [...this.#connections, this.#condition]) part.start();
    // The roles start after the bus and subscribe immediately. If this call did not wait for the connections, each subscription would be refused and
    // logged.
    await Promise.all(this.#connections.map((connection) => connection.firstAttempt()));
    await this.#time.start();
  }

  async stop(): Promise<void> {
    for (const part of [this.#time, this.#condition, this.#channels, ...this.#connections, this.presence]) part.stop();
  }

  async health(): Promise<void> {
    await this.#store.ask((redis) => redis.ping());
    this.#condition.mustServe();
    if (!this.#time.known || !this.#connections.every(({ up }) => up)) throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
  }

  async sweep(): Promise<{ presence: number; members: number }> {
    await this.records.sweep();
    return { presence: await this.presence.sweep(), members: await this.members.sweep() };
  }
}
