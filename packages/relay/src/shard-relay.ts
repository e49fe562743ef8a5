// The work on one shard while this relay owns it: reads the ingress, queues per room, and commits each room's batch when the
// pacer says so. The ingress keeps everything until it is committed, so any doubt (a failed command, moved heads) is settled
// by forgetting all and reading again from the oldest entry.
import { acceptedAt, type Bus, type Heads, type IngressCursor, isTraced, isUserRoom, type Lease, type Subscription } from '@danmux/bus';
import type { TraceHops } from '@danmux/cluster';
import { isStreamLane, type Lane, laneNames } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { type Budget, RateBudget, unlimited } from './budget.ts';
import type { ChatRates } from './chat-rates.ts';
import type { Waiting } from './combos.ts';
import { type BuiltCommit, buildCommit } from './commit-builder.ts';
import { Pacer } from './pacer.ts';
import type { RoomClaims } from './room-claims.ts';
import { RoomQueue, type Taken, type Untold } from './room-queue.ts';
import { eventsAreRead } from './sent-events.ts';
import type { TrafficCounter } from './traffic-counter.ts';

/** Publications read from one lane and not yet committed, at most; the rest waits in the ingress. */
const backlogCap = 2_000;
const readLimit = 500;
/** A bell that was lost is made up for by looking anyway. */
const lookAgainMs = 250;
/** A room with nothing to send for so long is forgotten. */
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
  readonly #pacer: Pacer;
  readonly #rooms = new Map<string, RoomQueue>();
  readonly #backlog: Record<Lane, number> = { control: 0, gift: 0, chat: 0, ambient: 0 };
  readonly #underWay = new Set<Promise<void>>();
  #cursor: IngressCursor = {};
  #bell: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  /** How often the connection was away: heads read before are not to be built on. */
  #outages = 0;
  #reading = false;
  #rung = false;
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
    this.#pacer = new Pacer(runtime.config.relay, (queue, urgent) => this.#track(this.#flush(queue, urgent)));
  }

  start(): void {
    let looks = 0;
    this.#timer = setInterval(() => {
      this.#ring();
      if (++looks % 40 === 0) this.#forgetIdleRooms();
    }, lookAgainMs);
    this.#track(this.#listen());
    this.#ring();
  }

  /** Resolves when no commit is under way; what was read and not sent stays in the ingress for the next owner. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#pacer.stop();
    await Promise.allSettled(this.#underWay);
    await this.#bell?.close();
    this.#forgetAll();
  }

  async #listen(): Promise<void> {
    try {
      this.#bell ??= await this.#bus.listen(
        this.#shard,
        () => this.#ring(),
        () => this.#resumed(),
      );
    } catch (error) {
      // No reset: what was read is good, and until a later look opens the bell, the timer reads the ingress.
      this.#runtime.metrics.caught.inc({ where: 'shard-relay' });
      this.#runtime.counted.warn({ err: error, shard: this.#shard }, 'could not listen to a shard');
    }
  }

  /** It may be another store by now, or the same from an older state: the heads of every room are claimed before its next commit. */
  #resumed(): void {
    this.#outages++;
    for (const queue of this.#rooms.values()) queue.heads = undefined;
    this.#ring();
  }

  #ring(): void {
    this.#rung = true;
    if (this.#reading || this.#resetting || this.#stopped || this.#retry) return;
    this.#reading = true;
    this.#track(this.#readAll());
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#rung && !this.#stopped && !this.#resetting) {
        this.#rung = false;
        const more = await Promise.all(laneNames.map((lane) => this.#readLane(lane)));
        if (more.includes(true)) this.#rung = true;
        if (!this.#bell) await this.#listen();
      }
      this.#failures = 0;
    } catch (error) {
      this.#fail(error, 'could not read a shard');
    } finally {
      this.#reading = false;
    }
  }

  /** True when there may be more to read at once. */
  async #readLane(lane: Lane): Promise<boolean> {
    const room = backlogCap - this.#backlog[lane];
    if (room <= 0) return false;
    const limit = Math.min(readLimit, room);
    const pending = await this.#bus.read(this.#shard, lane, this.#cursor[lane], limit);
    if (this.#resetting || this.#stopped) return false;
    const touched = new Set<RoomQueue>();
    for (const publication of pending) {
      this.#cursor[lane] = publication.entry;
      const queue = this.#queueOf(publication.room);
      queue.add(publication);
      touched.add(queue);
    }
    this.#addBacklog(lane, pending.length);
    for (const queue of touched) this.#pacer.plan(queue);
    return pending.length === limit;
  }

  #queueOf(room: string, untold?: Untold): RoomQueue {
    const known = this.#rooms.get(room);
    if (known) return known;
    const { config, clock } = this.#runtime;
    const ofUsers = isUserRoom(room);
    const queue = new RoomQueue(room, {
      ...{ clock, types: config.messages.types, merges: !ofUsers, comboWindowMs: config.messages.combo_window_ms },
      budget: ofUsers ? unlimited : this.#budget(undefined),
      ...(untold ? { untold } : {}),
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
    queue.heads = heads;
    return heads;
  }

  /** Reads what must be known of a room before its first frame. */
  async #begin(queue: RoomQueue): Promise<Heads> {
    const { room } = queue;
    const followed = isUserRoom(room) ? undefined : this.#rates.follow(room, (perSecond) => this.#setRate(queue, perSecond));
    const [heads, recalled] = await Promise.all([this.#bus.heads(room, this.#claims.of(room)), this.#bus.recalled(room), followed]);
    this.#claims.saw(room, heads);
    queue.recall(recalled);
    return heads;
  }

  /** The same rate keeps what is saved up of it. */
  #setRate(queue: RoomQueue, perSecond: number | undefined): void {
    if (queue.chatPerSecond === perSecond) return;
    queue.chatPerSecond = perSecond;
    queue.budget = this.#budget(perSecond);
  }

  async #flush(queue: RoomQueue, urgent: boolean): Promise<void> {
    if (queue.flushing || this.#resetting || this.#stopped) return;
    queue.flushing = true;
    try {
      const heads = await this.#headsOf(queue);
      const outages = this.#outages;
      if (this.#resetting || this.#stopped) return;
      const limit = this.#runtime.config.relay.frame_messages;
      const taken = urgent ? queue.takeUrgent(limit, performance.now()) : queue.takeOrdinary(limit, performance.now());
      const built = buildCommit(queue.room, taken, heads, this.#lease, this.#logs ? this.#runtime.clock.now() : undefined);
      await this.#recallAgain(built);
      const result = await this.#bus.commit(built.commit);
      if (!result.ok) {
        this.#refused(result.reason);
        return;
      }
      this.#claims.saw(queue.room, built.heads);
      queue.heads = outages === this.#outages ? built.heads : undefined;
      queue.committed();
      if (built.commit.frame) this.#runtime.metrics.frames.inc();
      this.#committed(queue.room, taken, built.heads);
    } catch (error) {
      this.#fail(error, 'could not commit to a room');
    } finally {
      queue.flushing = false;
    }
    // A lane that was at its cap may be read on now.
    this.#ring();
    this.#pacer.plan(queue);
  }

  /** What was committed after it had been recalled, and before this relay knew, leaves history before its recall goes out. */
  async #recallAgain({ commit: { room, frame } }: BuiltCommit): Promise<void> {
    const recalls = frame?.head.recalls ?? [];
    await Promise.all(recalls.map((id) => this.#bus.recall(room, id)));
  }

  #committed(room: string, { batch, dropped }: Taken, heads: Heads): void {
    const { metrics, log, clock } = this.#runtime;
    for (const { lane, reason, publications } of dropped) {
      this.#addBacklog(lane, -publications.length);
      metrics.shed.inc({ lane, reason }, publications.length);
      this.#traffic.shed(room, lane, reason, publications.length);
    }
    const now = clock.now();
    for (const lane of laneNames) {
      const publications = batch[lane] ?? [];
      if (publications.length === 0) continue;
      this.#addBacklog(lane, -publications.length);
      metrics.sequenced.inc({ lane }, publications.length);
      this.#traffic.sequenced(room, lane, publications.length);
      for (const publication of publications) metrics.sequenceSeconds.observe({ lane }, Math.max(0, now - acceptedAt(publication)) / 1_000);
      this.#told(room, lane, publications, heads);
      if (log.isLevelEnabled('debug')) for (const { id, trace } of publications) log.debug({ trace, id, room, lane, hop: 'relay' }, 'sequenced');
    }
  }

  /** `heads` are those after the commit. */
  #told(room: string, lane: Lane, publications: readonly Waiting[], heads: Heads): void {
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
    // The shard was given up already; by now its owner may hold it anew.
    if (this.#stopped) return;
    if (reason === 'fenced') this.#onFenced();
    else this.#reset();
  }

  #fail(error: unknown, message: string): void {
    if (this.#stopped) return;
    this.#runtime.metrics.caught.inc({ where: 'shard-relay' });
    this.#runtime.counted.warn({ err: error, shard: this.#shard }, message);
    this.#reset();
  }

  /** Forgets what was read and begins again from the oldest entry, after a while if it fails repeatedly. */
  #reset(): void {
    if (this.#resetting || this.#stopped) return;
    this.#resetting = true;
    this.#failures++;
    const wait = backoffMs(this.#failures, { baseMs: 20, maxMs: 1_000 });
    this.#retry = setTimeout(() => {
      // Commits under way are awaited, so that what they took is not read a second time.
      void Promise.allSettled(this.#underWay).then(() => {
        this.#retry = undefined;
        if (this.#stopped) return;
        const untold = [...this.#rooms.values()].flatMap((queue) => (queue.untold ? [{ room: queue.room, untold: queue.untold }] : []));
        this.#forgetAll();
        this.#resetting = false;
        for (const { room, untold: left } of untold) this.#pacer.plan(this.#queueOf(room, left));
        this.#ring();
      });
    }, wait);
  }

  #forgetAll(): void {
    this.#pacer.stop();
    for (const room of this.#rooms.keys()) this.#rates.forget(room);
    this.#rooms.clear();
    this.#cursor = {};
    for (const lane of laneNames) this.#addBacklog(lane, -this.#backlog[lane]);
  }

  #forgetIdleRooms(): void {
    const before = performance.now() - idleRoomMs;
    for (const [room, queue] of this.#rooms) {
      if (!queue.empty || queue.flushing || Math.max(queue.lastUrgent, queue.lastOrdinary) >= before) continue;
      this.#rooms.delete(room);
      this.#rates.forget(room);
    }
  }

  #addBacklog(lane: Lane, count: number): void {
    this.#backlog[lane] += count;
    this.#runtime.metrics.backlog.inc({ lane }, count);
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
