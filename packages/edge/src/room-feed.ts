// The bus's frames of one room on this edge, made whole: it knows how far each lane has come, notices a hole (a frame lost on
// the way, an outage) and fills it from history before it passes on what follows. What cannot be filled is told as a gap.
import type { Bus, BusFrame, FrameHead, Heads, RoomSubscriber, Subscription } from '@danmux/bus';
import { DanmuxError, type Gap, type Msg, type StreamLane, streamLanes } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';
import { RecalledIds, shownMsg, withoutRecalled } from './recalled-messages.ts';
import { replayedFrame } from './replayed-frame.ts';
import { Ring } from './ring.ts';

export interface FeedOutput {
  /** The next frame for the room's viewers: nothing is missing before it that could be had. */
  frame(frame: BusFrame): void;
  gap(gap: Gap): void;
  /** These were taken back: what was passed on of them and is not written yet must not be. Called before the frame that tells it. */
  recalled(room: string, ids: ReadonlySet<string>): void;
}

/** Frames that wait while a hole is filled, at most; past it they are dropped and read from history with the hole. */
const waitingCap = 500;
const pageSize = 500;

export class RoomFeed implements RoomSubscriber {
  readonly room: string;
  /** What was passed on lately. */
  readonly ring = new Ring();
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #output: FeedOutput;
  readonly #recalled: RecalledIds;
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

  constructor(runtime: Runtime, bus: Bus, room: string, output: FeedOutput) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.room = room;
    this.#output = output;
    this.#recalled = new RecalledIds(runtime.clock);
  }

  /** Resolves when every later frame arrives and `heads` says what came before. */
  async open(): Promise<void> {
    this.#subscription = await this.#bus.subscribe(this.room, this);
    if (this.#closed) {
      await this.#subscription.close();
      throw new DanmuxError('unavailable');
    }
    // Read after the subscription stands: a frame is either in these heads or still to come.
    this.#heads = await this.#bus.heads(this.room);
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
    if (this.#closed) return;
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
    this.#next();
  }

  /** How far the store is, now and then: what it had at the pulse before and is not here yet was lost on the way. */
  pulse(heads: Heads): void {
    this.ring.expire(this.#runtime.clock.now());
    this.#recalled.forget();
    const before = this.#pulsed;
    this.#pulsed = heads;
    if (!this.#heads || !before || this.#working || before.epoch !== heads.epoch) return;
    const behind = this.#heads.epoch !== before.epoch || streamLanes.some((lane) => this.heads.offsets[lane] < before.offsets[lane]);
    if (behind && this.#waiting.length === 0) this.resumed();
  }

  /** Works off what waits; synchronous as long as there is no hole. */
  #next(): void {
    if (this.#working || this.#closed || !this.#heads || this.#retry) return;
    while (!this.#check) {
      const frame = this.#waiting[0];
      if (!frame) return;
      if (this.#holes(frame.head).length > 0) break;
      this.#waiting.shift();
      this.#pass(frame);
    }
    this.#working = true;
    this.#repair()
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
    const known = this.heads;
    if (head.epoch !== known.epoch) this.#beginEpoch(head.epoch);
    const ranges = Object.entries(head.ranges) as [StreamLane, readonly [number, number]][];
    // A frame is committed whole: if one lane of it is known, all are.
    if (ranges.some(([lane, [, last]]) => last <= this.heads.offsets[lane])) {
      // Its messages were read from the store; what it says besides them is nowhere else.
      if (head.recalls) this.#recall(head.recalls);
      if (head.shed || head.own) this.#output.frame(this.#shown(withoutMessages(head)));
      return;
    }
    const offsets = { ...this.heads.offsets };
    for (const [lane, [, last]] of ranges) offsets[lane] = last;
    this.#heads = { epoch: head.epoch, offsets };
    this.#give(frame);
  }

  #holes(head: FrameHead): { lane: StreamLane; upTo: number }[] {
    const known = head.epoch === this.heads.epoch ? this.heads.offsets : { control: 0, gift: 0, chat: 0 };
    return streamLanes.flatMap((lane) => {
      const first = head.ranges[lane]?.[0] ?? 0;
      return first > known[lane] + 1 ? [{ lane, upTo: first - 1 }] : [];
    });
  }

  async #repair(): Promise<void> {
    if (this.#check) {
      const heads = await this.#bus.heads(this.room);
      this.#check = false;
      if (this.#closed) return;
      if (heads.epoch !== this.heads.epoch) this.#beginEpoch(heads.epoch);
      for (const lane of streamLanes) await this.#fill(lane, heads.offsets[lane]);
      return;
    }
    const head = this.#waiting[0]?.head;
    if (!head) return;
    if (head.epoch !== this.heads.epoch) this.#beginEpoch(head.epoch);
    for (const { lane, upTo } of this.#holes(head)) if (!this.#check) await this.#fill(lane, upTo);
  }

  async #fill(lane: StreamLane, upTo: number): Promise<void> {
    if (this.heads.offsets[lane] < upTo) this.#runtime.metrics.holes.inc({ lane });
    while (this.heads.offsets[lane] < upTo && !this.#closed) {
      const { epoch, offsets } = this.heads;
      const after = offsets[lane];
      const to = Math.min(upTo, after + pageSize);
      const msgs = await this.#bus.since(this.room, lane, after, to, pageSize);
      // Asked after the read: the store may have come back empty, and these be the messages of another epoch.
      const { epoch: readFrom } = await this.#bus.heads(this.room);
      if (this.#closed) return;
      if (readFrom !== epoch) {
        this.#check = true;
        return;
      }
      const lost = to - after - msgs.length;
      this.#heads = { epoch, offsets: { ...this.heads.offsets, [lane]: to } };
      if (lost > 0) {
        this.ring.clear();
        this.#output.gap({ room: this.room, lane, count: lost, reason: 'history_trimmed' });
      }
      if (msgs.length > 0) this.#give(replayedFrame(this.room, epoch, lane, to, msgs));
    }
  }

  #give(frame: BusFrame): void {
    if (frame.head.recalls) this.#recall(frame.head.recalls);
    const shown = this.#shown(frame);
    this.ring.push(shown, this.#runtime.clock.now());
    this.#output.frame(shown);
  }

  #recall(ids: readonly string[]): void {
    this.#recalled.add(ids);
    const recalled = new Set(ids);
    this.ring.recall(recalled);
    this.#output.recalled(this.room, recalled);
  }

  #shown(frame: BusFrame): BusFrame {
    return this.#recalled.size === 0 ? frame : withoutRecalled(frame, this.#recalled.ids);
  }

  /** What was read before a recall and is given after it. */
  withoutRecalled(msgs: readonly Msg[]): readonly Msg[] {
    return this.#recalled.size === 0 ? msgs : msgs.map((msg) => shownMsg(msg, this.#recalled));
  }

  #beginEpoch(epoch: string): void {
    // What waits of the epoch that ended is good; the hole before it can never be filled, which the gaps below say.
    const ended = this.heads.epoch;
    const late = this.#waiting.filter(({ head }) => head.epoch === ended);
    this.#waiting = this.#waiting.filter(({ head }) => head.epoch !== ended);
    for (const frame of late) this.#pass(frame);
    this.ring.clear();
    this.#runtime.log.warn({ room: this.room, epoch }, 'the history of a room was lost: a new epoch begins');
    this.#heads = { epoch, offsets: { control: 0, gift: 0, chat: 0 } };
    for (const lane of streamLanes) this.#output.gap({ room: this.room, lane, count: 0, reason: 'history_lost' });
  }

  #tryLater(error: unknown): void {
    if (this.#closed) return;
    this.#runtime.metrics.caught.inc({ where: 'room-feed' });
    this.#runtime.log.debug({ err: error, room: this.room }, 'could not fill a hole; trying again');
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#next();
      },
      backoffMs(++this.#failures, { baseMs: 50, maxMs: 2_000 }),
    );
  }
}

function withoutMessages({ room, epoch, shed = {}, own = [] }: FrameHead): BusFrame {
  return { head: { room, epoch, ranges: {}, counts: {}, characters: {}, traces: [], shed, own }, payload: `{"room":${JSON.stringify(room)},"msgs":[]}` };
}
