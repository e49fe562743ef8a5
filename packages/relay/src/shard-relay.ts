// Works on one shard while this relay owns it: puts the publications that the reader received into room queues, and commits a room's batch
// when the pacer schedules it. The ingress keeps every publication until it is committed. After a failed command or a refused commit the
// shard therefore forgets its queues and reads again from the oldest entry.
import { acceptedAt, type Bus, type Heads, isTraced, isUserRoom, type Lease, type Pending, positionsIn } from '@danmux/bus';
import type { TraceHops } from '@danmux/cluster';
import { isStreamLane, type Lane, laneNames } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { type Budget, RateBudget, unlimited } from './budget.ts';
import type { ChatRates } from './chat-rates.ts';
import type { Waiting } from './combos.ts';
import { type BuiltCommit, buildCommit } from './commit-builder.ts';
import { Pacer } from './pacer.ts';
import type { RoomClaims } from './room-claims.ts';
import { RoomFailures } from './room-failures.ts';
import { RoomQueue, type Taken, type Unreported } from './room-queue.ts';
import { eventsAreRead } from './sent-events.ts';
import { ShardReader } from './shard-reader.ts';
import type { TrafficCounter } from './traffic-counter.ts';

/** The ingress is read this often without a notification, which may have been lost. */
const pollMs = 250;
/** Idle rooms are removed at every 40th poll, which is every 10 seconds. */
const pollsPerCleanup = 40;
/** A room that had nothing to send for this long is forgotten. */
const idleRoomMs = 60_000;

/** What all shards of a relay share. */
export interface ShardRelayParts {
  readonly rates: ChatRates;
  readonly hops: Pick<TraceHops, 'add'>;
  readonly traffic: Pick<TrafficCounter, 'sequenced' | 'shed'>;
  readonly claims: RoomClaims;
}

export class ShardRelay {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #shard: number;
  readonly #lease: Lease;
  readonly #rates: ChatRates;
  readonly #hops: Pick<TraceHops, 'add'>;
  readonly #traffic: ShardRelayParts['traffic'];
  readonly #claims: RoomClaims;
  readonly #onFenced: () => void;
  readonly #logs: boolean;
  readonly #reader: ShardReader;
  readonly #pacer: Pacer;
  readonly #rooms = new Map<string, RoomQueue>();
  readonly #roomFailures = new RoomFailures();
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  /** Number of reconnects to the store. Heads that were read before the last reconnect are read and checked again. */
  #outages = 0;
  #resetting = false;
  #stopped = false;

  constructor(runtime: Runtime, bus: Bus, shard: number, lease: Lease, { rates, hops, traffic, claims }: ShardRelayParts, onFenced: () => void) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#shard = shard;
    this.#lease = lease;
    this.#rates = rates;
    this.#hops = hops;
    this.#traffic = traffic;
    this.#claims = claims;
    this.#logs = eventsAreRead(runtime.config);
    this.#onFenced = onFenced;
    this.#reader = new ShardReader(runtime, bus, shard, {
      received: (pending) => this.#received(pending),
      caughtUp: () => {
        this.#failures = 0;
      },
      resumed: () => this.#resumed(),
      failed: (error, message) => this.#fail(error, message),
      track: (work) => this.#track(work),
    });
    this.#pacer = new Pacer(runtime.config.relay, (queue, urgent) => this.#track(this.#flush(queue, urgent)));
  }

  start(): void {
    let polls = 0;
    this.#timer = setInterval(() => {
      this.#reader.notify();
      if (++polls % pollsPerCleanup === 0) this.#forgetIdleRooms();
    }, pollMs);
    this.#reader.start();
  }

  /** Resolves when no commit is under way; publications read and not sent stay in the ingress for the next owner. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#reader.pause();
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#pacer.stop();
    await Promise.allSettled(this.#underWay);
    await this.#reader.close();
    this.#forgetRooms();
  }

  /** Call after a reconnect: the store may have been replaced or restored, so each room's heads are read and checked before its next commit. */
  #resumed(): void {
    this.#outages++;
    for (const queue of this.#rooms.values()) queue.forgetHeads();
    this.#reader.notify();
  }

  #received(pending: readonly Pending[]): void {
    const touched = new Set<RoomQueue>();
    for (const publication of pending) {
      const queue = this.#queueOf(publication.room);
      queue.add(publication);
      touched.add(queue);
    }
    for (const queue of touched) this.#pacer.plan(queue);
  }

  #queueOf(room: string, unreported?: Unreported): RoomQueue {
    const known = this.#rooms.get(room);
    if (known) return known;
    const { config, clock } = this.#runtime;
    const ofUsers = isUserRoom(room);
    const queue = new RoomQueue(room, {
      ...{ clock, types: config.messages.types, merges: !ofUsers, comboWindowMs: config.messages.combo_window_ms },
      budget: ofUsers ? unlimited : this.#budget(undefined),
      notBefore: this.#roomFailures.notBefore(room),
      ...(unreported ? { unreported } : {}),
    });
    this.#rooms.set(room, queue);
    return queue;
  }

  #budget(perSecond: number | undefined): Budget {
    const { relay, shedding } = this.#runtime.config;
    return shedding === 'on' ? new RateBudget(perSecond ?? relay.chat_per_second) : unlimited;
  }

  async #headsOf(queue: RoomQueue): Promise<Heads> {
    let { heads } = queue;
    while (!heads) {
      const outages = this.#outages;
      const read = await this.#begin(queue);
      if (outages === this.#outages) heads = read;
    }
    queue.numberFrom(heads);
    return heads;
  }

  /** Reads a room's chat rate, heads and recalled ids, all needed before its first frame. */
  async #begin(queue: RoomQueue): Promise<Heads> {
    const { room } = queue;
    const followed = isUserRoom(room) ? undefined : this.#rates.follow(room, (perSecond) => queue.limitChat(perSecond, () => this.#budget(perSecond)));
    const [heads, recalled] = await Promise.all([this.#bus.streams.heads(room, this.#claims.of(room)), this.#bus.streams.recalled(room), followed]);
    this.#claims.saw(room, heads);
    queue.recall(recalled);
    return heads;
  }

  async #flush(queue: RoomQueue, urgent: boolean): Promise<void> {
    if (this.#resetting || this.#stopped || !queue.beginFlush()) return;
    try {
      const heads = await this.#headsOf(queue);
      const outages = this.#outages;
      if (this.#resetting || this.#stopped) return;
      const limit = this.#runtime.config.relay.frame_messages;
      const taken = urgent ? queue.takeUrgent(limit, performance.now()) : queue.takeOrdinary(limit, performance.now());
      const built = buildCommit(queue.room, taken, heads, this.#lease, this.#logs ? this.#runtime.clock.now() : undefined, queue.late);
      await this.#recallAgain(built, taken);
      const result = await this.#bus.streams.commit(built.commit);
      if (!result.ok) {
        this.#refused(result.reason);
        return;
      }
      this.#roomFailures.succeeded(queue.room);
      this.#claims.saw(queue.room, built.heads);
      // Heads from before an outage may be those of another store.
      queue.committed(outages === this.#outages ? built.heads : undefined);
      for (const lane of laneNames) queue.late.committed(lane, taken.batch[lane] ?? [], built.heads);
      if (built.commit.frame) this.#runtime.metrics.frames.inc();
      this.#committed(queue.room, taken, built.heads);
    } catch (error) {
      this.#roomFailures.failed(queue.room, performance.now());
      this.#fail(error, 'could not commit the messages of a room');
    } finally {
      queue.endFlush();
    }
    // A lane whose backlog was at the cap may have space for more publications now.
    this.#reader.notify();
    this.#pacer.plan(queue);
  }

  /**
   * Removes recalled messages from history before the recall is sent. Such a message may have been committed after the recall was accepted,
   * because this relay had not read the recall yet.
   */
  async #recallAgain({ commit: { room, frame, messages } }: BuiltCommit, { batch }: Taken): Promise<void> {
    const recalls = frame?.head.recalls ?? [];
    const bulk = (messages.control ?? []).flatMap((body, index) => {
      const scope = batch.control?.[index]?.marks?.recall_of;
      return scope ? [{ scope, positions: positionsIn(body), ts: acceptedAt({ body }) }] : [];
    });
    await Promise.all([...recalls.map((id) => this.#bus.streams.recall(room, id)), ...bulk.map((recall) => this.#bus.streams.recallAll(room, recall))]);
  }

  #committed(room: string, { batch, dropped }: Taken, heads: Heads): void {
    const { metrics, log, clock } = this.#runtime;
    for (const { lane, reason, publications } of dropped) {
      this.#reader.settled(lane, publications.length);
      metrics.shed.inc({ lane, reason }, publications.length);
      this.#traffic.shed(room, lane, reason, publications.length);
    }
    const now = clock.now();
    for (const lane of laneNames) {
      const publications = batch[lane] ?? [];
      if (publications.length === 0) continue;
      this.#reader.settled(lane, publications.length);
      metrics.sequenced.inc({ lane }, publications.length);
      this.#traffic.sequenced(room, lane, publications.length);
      for (const publication of publications) metrics.sequenceSeconds.observe({ lane }, Math.max(0, now - acceptedAt(publication)) / 1_000);
      this.#traceHops(room, lane, publications, heads);
      if (log.isLevelEnabled('debug')) for (const { id, trace } of publications) log.debug({ trace, id, room, lane, hop: 'relay' }, 'sequenced');
    }
  }

  /** `heads` are the room's heads after the commit. */
  #traceHops(room: string, lane: Lane, publications: readonly Waiting[], heads: Heads): void {
    if (!isStreamLane(lane)) return;
    const first = heads.offsets[lane] - publications.length + 1;
    publications.forEach((publication, index) => {
      for (const one of publication.gifts ?? [publication])
        if (isTraced(one)) this.#hops.add({ room, id: one.id, trace: one.trace, hop: 'sequenced', offset: first + index });
    });
  }

  #refused(reason: 'fenced' | 'moved'): void {
    this.#runtime.metrics.commitsRefused.inc({ reason });
    this.#runtime.counted.warn({ shard: this.#shard, reason }, 'a commit was refused');
    // A stopped ShardRelay has given up the shard. The process may own the shard again under a newer lease, and this refusal does not concern that
    // lease.
    if (this.#stopped) return;
    if (reason === 'fenced') this.#onFenced();
    else this.#reset();
  }

  #fail(error: unknown, message: string): void {
    if (this.#stopped) return;
    this.#runtime.caught('shard-relay', error, message, { fields: { shard: this.#shard } });
    this.#reset();
  }

  /** Forgets everything that was read and reads again from the oldest entry, after a delay that grows with repeated failures. */
  #reset(): void {
    if (this.#resetting || this.#stopped) return;
    this.#resetting = true;
    this.#reader.pause();
    this.#failures++;
    const wait = backoffMs(this.#failures, { baseMs: 20, maxMs: 1_000 });
    this.#retry = setTimeout(() => {
      // Commits under way end first, so that the publications they took are not read a second time.
      void Promise.allSettled(this.#underWay).then(() => this.#beginAgain());
    }, wait);
  }

  #beginAgain(): void {
    if (this.#stopped) return;
    const unreported = [...this.#rooms.values()].flatMap((queue) => (queue.unreported ? [{ room: queue.room, unreported: queue.unreported }] : []));
    this.#forgetRooms();
    this.#resetting = false;
    this.#reader.reset();
    for (const { room, unreported: left } of unreported) this.#pacer.plan(this.#queueOf(room, left));
    this.#reader.notify();
  }

  #forgetRooms(): void {
    this.#pacer.stop();
    for (const room of this.#rooms.keys()) this.#rates.forget(room);
    this.#rooms.clear();
  }

  #forgetIdleRooms(): void {
    const before = performance.now() - idleRoomMs;
    for (const [room, queue] of this.#rooms) {
      if (!queue.empty || queue.flushing || Math.max(queue.lastUrgent, queue.lastOrdinary) >= before) continue;
      this.#rooms.delete(room);
      this.#rates.forget(room);
    }
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
