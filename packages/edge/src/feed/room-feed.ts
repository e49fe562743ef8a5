// The bus's frames of one room on this edge, made whole: it knows how far each lane has come, notices a hole (a frame lost on
// the way, an outage) and fills it from history before it passes on what follows. What cannot be filled is told as a gap. A store
// that went back is noticed by the heads this feed has seen; the room then goes on in a new epoch from what survived (feed-epochs.ts).
import type { Bus, BusFrame, Heads, RoomSubscriber, Subscription } from '@danmux/bus';
import { DanmuxError, type Gap, type Msg, type Positions, type StreamLane, streamLanes } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { RecalledIds, shownMsg, withoutRecalled } from '../frame/recalls.ts';
import { FeedEpochs, holesBefore, isBehind } from './feed-epochs.ts';
import { PassedIds, type Repeated } from './passed-ids.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { replayedFrame, withoutMessages } from './replayed-frame.ts';

export interface FeedOutput {
  /** The next frame of the room, in order: every message before it was passed on, or reported by `gap`. */
  frame(frame: BusFrame): void;
  gap(gap: Gap): void;
  /** Messages passed on before the new epoch began, once more: viewers that joined since do not have them. */
  repeated?(room: string, repeated: readonly Repeated[]): void;
  /** Recalled messages: those not written yet must not be shown. Called before the frame that carries the recall. */
  recalled(room: string, ids: ReadonlySet<string>): void;
}

/** Frames that wait while a hole is filled, at most; past it they are dropped and read from history with the hole. */
const waitingCap = 500;
const pageSize = 500;
/** A viewer that claims to be further than the store is looked into at most so often. */
const reachEveryMs = 1_000;
/** Tries before frames of an epoch that the store does not know are given up: the store may be on its way to another server. */
const strangerTries = 5;

export class RoomFeed implements RoomSubscriber {
  readonly room: string;
  /** What was passed on lately. */
  readonly replay = new ReplayBuffer();
  /** What was passed on before the store went back. */
  readonly passed: PassedIds;
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #output: FeedOutput;
  readonly #recalled: RecalledIds;
  readonly #epochs = new FeedEpochs();
  #subscription: Subscription | undefined;
  #heads: Heads | undefined;
  #waiting: BusFrame[] = [];
  #working = false;
  #check = false;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  /** How far the store was at the last pulse. */
  #pulsed: Heads | undefined;
  /** How far this feed was then. */
  #atPulse: Heads | undefined;
  #repairing: Promise<void> = Promise.resolve();
  #reachedAt = Number.NEGATIVE_INFINITY;

  constructor(runtime: Runtime, bus: Bus, room: string, output: FeedOutput) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.room = room;
    this.#output = output;
    this.#recalled = new RecalledIds(runtime.clock);
    this.passed = new PassedIds(runtime.clock);
  }

  /** Resolves when every later frame arrives and `heads` says what came before. */
  async open(): Promise<void> {
    this.#subscription = await this.#bus.frames.subscribe(this.room, this);
    if (this.#closed) {
      await this.#subscription.close();
      throw new DanmuxError('unavailable');
    }
    // Read after the subscription stands: a frame is either in these heads or still to come.
    this.#heads = await this.#bus.streams.heads(this.room, {});
    this.#next();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#waiting = [];
    await this.#subscription?.close();
  }

  /** What the viewers of this room have been given so far; only after `open`. */
  get heads(): Heads {
    if (!this.#heads) throw new Error('the feed is not open');
    return this.#heads;
  }

  frame(frame: BusFrame): void {
    if (this.#closed || this.#epochs.ended(frame.head.epoch)) return;
    if (this.#waiting.length >= waitingCap) {
      this.#waiting = [];
      this.#check = true;
    } else {
      this.#waiting.push(frame);
    }
    this.#next();
  }

  resumed(): void {
    this.#check = true;
    // The store is back: what failed while it was away is not waited for.
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#next();
  }

  /**
   * How far the store is, now and then; null when it knows nothing of the room. What it had at the pulse before and is not here yet
   * was lost on the way; what was here at the pulse before and is not there is gone from the store.
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
   * Resolves when a viewer's positions that lie beyond this feed, or in an epoch it does not know, were looked into: frames may be on
   * their way, or the store went back. The viewer's word is no more than a reason to look.
   */
  async reach(positions: Positions = {}): Promise<void> {
    if (!this.#epochs.isBeyond(positions, this.heads)) return;
    const now = performance.now();
    if (now - this.#reachedAt >= reachEveryMs) {
      this.#reachedAt = now;
      this.resumed();
    }
    await this.#repairing;
    // Another repair may have been under way.
    if (this.#check) await this.#repairing;
  }

  /** Works off what waits; synchronous as long as there is no hole. */
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
    // A frame is committed whole: if one lane of it is known, all are.
    if (ranges.some(([lane, [, last]]) => last <= this.heads.offsets[lane])) {
      // Its messages were read from the store; what it says besides them is nowhere else.
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

  /** Reads how far the store is and fills up to there. `awaited` is the epoch of the frame that waits. */
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
    if (this.#failures < strangerTries) throw new Error('a frame is of an epoch that the store does not know');
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
      // Asked after the read: the store may have gone back since it was at `upTo`, and these be the messages of another epoch.
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
    const shown = this.#shown(frame);
    // Whole, for who comes back and was not here when it was passed on first.
    this.replay.push(shown, this.#runtime.clock.now());
    const { frame: fresh, repeated } = this.passed.without(shown);
    if (repeated.length > 0) this.#output.repeated?.(this.room, repeated);
    this.#output.frame(fresh);
  }

  #recall(ids: readonly string[]): void {
    this.#recalled.add(ids);
    const recalled = new Set(ids);
    this.replay.recall(recalled);
    this.#output.recalled(this.room, recalled);
  }

  #shown(frame: BusFrame): BusFrame {
    return this.#recalled.size === 0 ? frame : withoutRecalled(frame, this.#recalled.ids);
  }

  /** What was read before a recall and is given after it. */
  withoutRecalled(msgs: readonly Msg[]): readonly Msg[] {
    return this.#recalled.size === 0 ? msgs : msgs.map((msg) => shownMsg(msg, this.#recalled));
  }

  #beginEpoch(heads: Heads): void {
    const before = this.heads;
    const late = this.#waiting.filter(({ head }) => head.epoch === before.epoch);
    this.#waiting = this.#waiting.filter(({ head }) => head.epoch !== before.epoch);
    // What waits of the epoch that ended and did not survive is nowhere else; the hole before it can never be filled.
    for (const frame of late) if (!this.#epochs.survives(frame.head, heads)) this.#pass(frame);
    this.passed.add(this.replay.ids());
    this.replay.clear();
    this.#epochs.end(before.epoch);
    this.#heads = this.#epochs.begin(heads, before);
    const { epoch, offsets } = this.#heads;
    this.#runtime.log.debug({ room: this.room, epoch, offsets }, 'a room goes on in a new epoch');
    for (const lane of streamLanes) this.#output.gap({ room: this.room, lane, count: 0, reason: 'history_lost', position: { epoch, offset: offsets[lane] } });
    void this.#takeBackAgain();
  }

  /** A store that went back may have forgotten what was taken back lately, and hold it again. */
  async #takeBackAgain(): Promise<void> {
    try {
      for (const id of this.#recalled.ids) if (!this.#closed) await this.#bus.streams.recall(this.room, id);
    } catch (error) {
      this.#runtime.caught('room-feed', error, 'what had been taken back may be in history again', { fields: { room: this.room } });
    }
  }

  #tryLater(error: unknown): void {
    if (this.#closed) return;
    this.#runtime.caught('room-feed', error, 'could not fill a hole; trying again', { level: 'debug', fields: { room: this.room } });
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#next();
      },
      backoffMs(++this.#failures, { baseMs: 50, maxMs: 2_000 }),
    );
  }
}
