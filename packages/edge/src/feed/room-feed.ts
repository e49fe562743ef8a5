// Follows the frames of one room and delivers them complete and in order. Detects a hole by offsets (a lost frame, an outage) and fills it from
// history before later frames; messages that history has lost are reported as a gap. Redis heads behind this feed's heads show that Redis
// lost writes; the room then continues in a new epoch from the messages that survived (feed-epochs.ts).
import type { Bus, BusFrame, Heads, RoomSubscriber, Subscription } from '@danmux/bus';
import { DanmuxError, type Gap, type Msg, type Positions, type StreamLane, streamLanes } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { bulkRecallsIn, type Recalled, RecentRecalls, withoutRecalled } from '../frame/recalls.ts';
import { FeedEpochs, holesBefore, isBehind } from './feed-epochs.ts';
import { PassedIds, type Repeated } from './passed-ids.ts';
import { repeatRecalls } from './repeat-recalls.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { replayedFrame, unstored, withoutMessages } from './replayed-frame.ts';

export interface FeedOutput {
  /** The next frame of the room, in order: every earlier message was delivered or reported by `gap`. */
  frame(frame: BusFrame): void;
  gap(gap: Gap): void;
  /** Messages delivered before the new epoch that arrive again; only viewers that joined after the first delivery need them. */
  repeated?(room: string, repeated: readonly Repeated[]): void;
  /** Recalled messages; hide those not yet written. Called before the frame that carries the recall. */
  recalled(room: string, recalled: Recalled): void;
}

/** Cap of frames queued while a hole is filled; past it their messages are dropped and read from history with the hole. */
const waitingCap = 500;
const pageSize = 500;
/** Minimum milliseconds between two checks of Redis caused by a viewer's positions beyond the heads. */
const reachEveryMs = 1_000;
/** Attempts before frames of an epoch unknown to Redis are dropped; during a failover Redis may not know the epoch yet. */
const strangerTries = 5;

export class RoomFeed implements RoomSubscriber {
  readonly room: string;
  /** The frames delivered recently. */
  readonly replay = new ReplayBuffer();
  /** Ids of messages delivered in ended epochs. */
  readonly passed: PassedIds;
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #output: FeedOutput;
  readonly #recalled: RecentRecalls;
  readonly #epochs = new FeedEpochs();
  #subscription: Subscription | undefined;
  #heads: Heads | undefined;
  #waiting: BusFrame[] = [];
  #working = false;
  #check = false;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  /** The room's heads in Redis at the last pulse. */
  #pulsed: Heads | undefined;
  /** Heads of this feed at the last pulse. */
  #atPulse: Heads | undefined;
  #repairing: Promise<void> = Promise.resolve();
  #reachedAt = Number.NEGATIVE_INFINITY;

  constructor(runtime: Runtime, bus: Bus, room: string, output: FeedOutput) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.room = room;
    this.#output = output;
    this.#recalled = new RecentRecalls(runtime.clock);
    this.passed = new PassedIds(runtime.clock);
  }

  /** Resolves once subscribed: frames after `heads` will arrive, earlier messages are in history. */
  async open(): Promise<void> {
    this.#subscription = await this.#bus.frames.subscribe(this.room, this);
    if (this.#closed) {
      await this.#subscription.close();
      throw new DanmuxError('unavailable');
    }
    // Read after subscribing, so every frame is either covered by these heads or still arrives.
    this.#heads = await this.#bus.streams.heads(this.room, {});
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#waiting = [];
    await this.#subscription?.close();
  }

  /** Offsets delivered to the viewers so far; valid after `open`. */
  get heads(): Heads {
    if (!this.#heads) throw new Error('the feed of the room is not open');
    return this.#heads;
  }

  frame(frame: BusFrame): void {
    if (this.#closed || this.#epochs.ended(frame.head.epoch)) return;
    if (this.#waiting.length >= waitingCap) {
      this.#waiting = unstored([...this.#waiting, frame]);
      this.#check = true;
    } else {
      this.#waiting.push(frame);
    }
    this.#next();
  }

  resumed(): void {
    this.#check = true;
    // Redis is reachable again, so the retry need not wait for its backoff.
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#next();
  }

  /**
   * Called periodically with the heads in Redis; null when Redis has no stream of the room. Starts a repair when messages were lost. Messages that
   * were in Redis at the previous pulse and are still not delivered here were lost in transit. Messages that were delivered here at the
   * previous pulse and are missing in Redis now were lost by Redis.
   */
  pulse(heads: Heads | null): void {
    this.replay.expire(this.#runtime.clock.now());
    this.#recalled.forget();
    this.passed.forget();
    const [before, atBefore] = [this.#pulsed, this.#atPulse];
    this.#pulsed = heads ?? undefined;
    this.#atPulse = this.#heads;
    if (!this.#heads || this.#working) return;
    if (!heads || this.#epochs.ended(heads.epoch) || (atBefore && isBehind(heads, atBefore))) this.resumed();
    else if (before?.epoch === heads.epoch && (this.#heads.epoch !== before.epoch || isBehind(this.#heads, before)) && this.#waiting.length === 0)
      this.resumed();
  }

  /**
   * When a viewer's positions are beyond this feed or in an unknown epoch, checks Redis and resolves after the check: frames may be in
   * transit, or Redis lost writes. The viewer's positions are not trusted; they only trigger the check.
   */
  async reach(positions: Positions = {}): Promise<void> {
    if (!this.#epochs.isBeyond(positions, this.heads)) return;
    const now = performance.now();
    if (now - this.#reachedAt >= reachEveryMs) {
      this.#reachedAt = now;
      this.resumed();
    }
    await this.#repairing;
    // The awaited repair may have started before this check was requested; the check then runs in the next repair.
    if (this.#check) await this.#repairing;
  }

  /** Delivers queued frames synchronously. Starts a repair at a hole, at a frame of another epoch, or when a check of Redis is due. */
  #next(): void {
    if (this.#working || this.#closed || !this.#heads || this.#retry) return;
    while (!this.#check) {
      const frame = this.#waiting[0];
      if (!frame) return;
      if (frame.head.epoch !== this.#heads.epoch || holesBefore(frame.head, this.#heads).length > 0) break;
      this.#waiting.shift();
      this.#pass(frame);
    }
    this.#working = true;
    this.#repairing = this.#repair()
      .then(
        () => {
          this.#failures = 0;
        },
        (error: unknown) => this.#tryLater(error),
      )
      .finally(() => {
        this.#working = false;
        this.#next();
      });
  }

  #pass(frame: BusFrame): void {
    const { head } = frame;
    const ranges = Object.entries(head.ranges) as [StreamLane, readonly [number, number]][];
    // A frame is committed atomically: if one of its lanes is delivered already, all are.
    if (ranges.some(([lane, [, last]]) => last <= this.heads.offsets[lane])) {
      // The messages of this frame were delivered from history. Only the frame has its recalls, shed counts and sender-only messages.
      if (head.recalls) this.#recall(head.recalls);
      if (head.shed || head.senderOnly) this.#output.frame(this.#shown(withoutMessages(head)));
      return;
    }
    const offsets = { ...this.heads.offsets };
    for (const [lane, [, last]] of ranges) offsets[lane] = last;
    this.#heads = { ...this.heads, offsets };
    this.#give(frame);
  }

  async #repair(): Promise<void> {
    const head = this.#waiting[0]?.head;
    if (this.#check || (head && head.epoch !== this.heads.epoch)) return this.#catchUp(head?.epoch);
    if (head) for (const { lane, upTo } of holesBefore(head, this.heads)) if (!this.#check) await this.#fill(lane, upTo);
  }

  /** Reads the heads from Redis and delivers the messages up to them from history. `awaited` is the epoch of the first queued frame. */
  async #catchUp(awaited: string | undefined): Promise<void> {
    this.#check = false;
    const heads = await this.#claimed(this.heads).catch((error: unknown) => {
      this.#check = true;
      throw error;
    });
    if (this.#closed) return;
    if (heads.epoch !== this.heads.epoch) this.#beginEpoch(heads);
    for (const lane of streamLanes) await this.#fill(lane, heads.offsets[lane]);
    if (awaited === undefined || awaited === this.heads.epoch || this.#waiting[0]?.head.epoch !== awaited) return;
    if (this.#failures < strangerTries) throw new Error('redis does not know the epoch of a received frame');
    this.#epochs.end(awaited);
    this.#waiting = this.#waiting.filter(({ head }) => head.epoch !== awaited);
  }

  #claimed(known: Heads): Promise<Heads> {
    return this.#bus.streams.heads(this.room, this.#epochs.claim(known));
  }

  async #fill(lane: StreamLane, upTo: number): Promise<void> {
    if (this.heads.offsets[lane] < upTo) this.#runtime.metrics.holes.inc({ lane });
    while (this.heads.offsets[lane] < upTo && !this.#closed) {
      const { epoch, offsets } = this.heads;
      const after = offsets[lane];
      const to = Math.min(upTo, after + pageSize);
      const msgs = await this.#bus.streams.since(this.room, lane, after, to, pageSize);
      // The epoch is checked after the read, because Redis may have lost writes meanwhile and the messages may belong to another epoch.
      const { epoch: readFrom } = await this.#claimed({ ...this.heads, offsets: { ...offsets, [lane]: upTo } });
      if (this.#closed) return;
      if (readFrom !== epoch) {
        this.#check = true;
        return;
      }
      const lost = to - after - msgs.length;
      this.#heads = { ...this.heads, offsets: { ...this.heads.offsets, [lane]: to } };
      if (lost > 0) {
        this.replay.clear();
        this.#output.gap({ room: this.room, lane, count: lost, reason: 'history_trimmed' });
      }
      if (msgs.length > 0) this.#give(replayedFrame(this.room, epoch, lane, to, msgs));
    }
  }

  #give(frame: BusFrame): void {
    if (frame.head.recalls) this.#recall(frame.head.recalls);
    for (const recall of bulkRecallsIn(frame)) {
      this.#recalled.addBulk(recall);
      this.#hide(recall);
    }
    const shown = this.#shown(frame);
    // The buffer also stores messages that were delivered in an earlier epoch, because a viewer that rejoins may not have them.
    this.replay.push(shown, this.#runtime.clock.now());
    const { frame: fresh, repeated } = this.passed.without(shown);
    if (repeated.length > 0) this.#output.repeated?.(this.room, repeated);
    this.#output.frame(fresh);
  }

  #recall(ids: readonly string[]): void {
    this.#recalled.add(ids);
    this.#hide(new Set(ids));
  }

  #hide(recalled: Recalled): void {
    this.replay.recall(recalled);
    this.#output.recalled(this.room, recalled);
  }

  #shown(frame: BusFrame): BusFrame {
    return this.#recalled.size === 0 ? frame : withoutRecalled(frame, this.#recalled.ids);
  }

  /** Replaces recalled messages with tombstones in messages that were read before the recall arrived. */
  withoutRecalled(msgs: readonly Msg[]): readonly Msg[] {
    return msgs.map((msg) => this.#recalled.shown(msg));
  }

  #beginEpoch(heads: Heads): void {
    const before = this.heads;
    const late = this.#waiting.filter(({ head }) => head.epoch === before.epoch);
    this.#waiting = this.#waiting.filter(({ head }) => head.epoch !== before.epoch);
    // Queued frames of the old epoch are valid. Frames whose messages Redis lost are delivered now, because history will never contain the messages.
    for (const frame of late) if (!this.#epochs.survives(frame.head, heads)) this.#pass(frame);
    this.passed.add(this.replay.ids());
    this.replay.clear();
    this.#epochs.end(before.epoch);
    this.#heads = this.#epochs.begin(heads, before);
    this.#recalled.beginEpoch(heads);
    const { epoch, offsets } = this.#heads;
    this.#runtime.log.debug({ room: this.room, epoch, offsets }, 'room continues in a new epoch');
    for (const lane of streamLanes) this.#output.gap({ room: this.room, lane, count: 0, reason: 'history_lost', position: { epoch, offset: offsets[lane] } });
    repeatRecalls(this.#bus, this.room, this.#recalled).catch((error: unknown) => {
      this.#runtime.caught('room-feed', error, 'could not repeat recalls in the new epoch; recalled messages may have reappeared in history', {
        fields: { room: this.room },
      });
    });
  }

  #tryLater(error: unknown): void {
    if (this.#closed) return;
    this.#runtime.caught('room-feed', error, 'could not fill a hole in the stream; trying again', { level: 'debug', fields: { room: this.room } });
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#next();
      },
      backoffMs(++this.#failures, { baseMs: 50, maxMs: 2_000 }),
    );
  }
}
