// The viewers of one process: connects them at a given pace, counts the messages they receive, disconnects and reconnects them. It reads
// messages of sampled viewers only: every 50th viewer of a room, including the first.
import { signViewerToken } from '@danmux/runtime';
import { type EncodedLatencies, Latencies } from '../latency.ts';
import { readStamp } from '../stamp.ts';
import { RoomTally } from './room-tally.ts';
import { advance, makeSeat, merged, type Position, type Seat } from './seat.ts';
import { SequenceCheck, type SequenceCount } from './sequence-check.ts';
import type { Opened, OpenOptions, Published, SampleVerdict, SwarmPlan, SwarmTally } from './swarm-calls.ts';
import { type JoinAnswer, type Positions, Viewer, type ViewerListener, type ViewerMessage } from './viewer.ts';

const tokenSeconds = 7_200;
/** Limit of unanswered joins. A server refuses some joins above it, which only the storm scenarios test. */
const fewUnanswered = 300;
/** Time limit after the last connection attempt. */
const longestJoinMs = 60_000;

export class Swarm implements ViewerListener {
  readonly #plan: SwarmPlan;
  readonly #progress: (joined: number) => void;
  readonly #seats: Seat[];
  readonly #seatOf = new WeakMap<Viewer, Seat>();
  readonly #rooms = new Map<string, { readonly tally: RoomTally; positions: Record<string, Position> }>();
  readonly #latencies = new Latencies();
  readonly #ended: Record<string, number> = {};
  readonly #gaps: Record<string, number> = {};
  readonly #gapsOfSample: Record<string, number> = {};
  readonly #pending = new Map<Viewer, () => void>();
  #joined = 0;
  #bytesOfGone = 0;
  #bytesReported = 0;
  #sampledMessages = 0;
  #sampledFrames = 0;

  constructor(plan: SwarmPlan, progress: (joined: number) => void = () => {}) {
    this.#plan = plan;
    this.#progress = progress;
    this.#seats = Array.from({ length: plan.viewers }, (_, at) => makeSeat(plan, plan.first + at));
    for (const { room } of this.#seats) if (!this.#rooms.has(room)) this.#rooms.set(room, { tally: new RoomTally(), positions: {} });
  }

  /** Connects every viewer that is not connected. */
  async open({ recover = false, perSecond = this.#plan.perSecond, unanswered = fewUnanswered }: OpenOptions = {}): Promise<Opened> {
    const seats = this.#seats.filter(({ viewer }) => viewer === undefined);
    const startedAt = performance.now();
    const before = { ...this.#ended };
    const opening: Promise<void>[] = [];
    for (const [at, seat] of seats.entries()) {
      const wait = startedAt + (at * 1_000) / perSecond - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      while (this.#pending.size >= unanswered) await new Promise((resolve) => setTimeout(resolve, 5));
      opening.push(this.#open(seat, recover));
      if (at % 500 === 0) this.#progress(this.#joined);
    }
    const late = setTimeout(() => this.#giveUp(), longestJoinMs);
    await Promise.all(opening);
    clearTimeout(late);
    this.#progress(this.#joined);
    const failed = Object.fromEntries(Object.entries(this.#ended).map(([reason, count]): [string, number] => [reason, count - (before[reason] ?? 0)]));
    return {
      joined: seats.filter(({ viewer }) => viewer !== undefined).length,
      connected: this.#joined,
      failed: Object.fromEntries(Object.entries(failed).filter(([, count]) => count > 0)),
      seconds: (performance.now() - startedAt) / 1_000,
      latencies: this.#takeJoins(seats),
      deflate: seats.filter(({ viewer }) => viewer?.deflate).length,
    };
  }

  async #open(seat: Seat, recover: boolean): Promise<void> {
    const { host, port, localAddress, deflate, tokenSecret } = this.#plan;
    const config = { token_secret: tokenSecret, token_issuer: '', token_audience: '' };
    const { token } = await signViewerToken(config, { sub: `v${seat.index}` }, tokenSeconds, Date.now());
    const positions = recover ? this.#positionsFor(seat) : undefined;
    const options = { host, port, room: seat.room, deflate, sampled: seat.sampled, token };
    const viewer = new Viewer({ ...options, ...(localAddress === undefined ? {} : { localAddress }), ...(positions ? { positions } : {}) }, this);
    seat.viewer = viewer;
    this.#seatOf.set(viewer, seat);
    await new Promise<void>((resolve) => this.#pending.set(viewer, resolve));
  }

  #giveUp(): void {
    for (const viewer of this.#pending.keys()) this.ended(viewer, 'the join was not answered');
  }

  #positionsFor(seat: Seat): Positions {
    const positions = seat.sampled ? seat.positions : (this.#rooms.get(seat.room)?.positions ?? {});
    return Object.fromEntries(Object.entries(positions).map(([lane, position]) => [lane, { ...position }]));
  }

  /** Makes viewers stop reading: a `share` of all seats, taken from the unsampled ones. Returns the number of these viewers. */
  pause(share: number): number {
    const others = this.#seats.filter(({ sampled, viewer }) => !sampled && viewer);
    const chosen = others.slice(0, Math.round(this.#seats.length * share));
    for (const seat of chosen) {
      seat.viewer?.pause();
      seat.steady = false;
    }
    return chosen.length;
  }

  /** Drops every connection at once, and returns their number. */
  cut(): number {
    let cut = 0;
    for (const seat of this.#seats) {
      if (!seat.viewer) continue;
      this.#forget(seat);
      cut++;
    }
    return cut;
  }

  tally(): SwarmTally {
    const byLane: Record<string, number> = {};
    let frames = 0;
    let deliveries = 0;
    for (const { tally } of this.#rooms.values()) {
      const count = tally.take();
      frames += count.frames;
      deliveries += count.deliveries;
      for (const [lane, messages] of Object.entries(count.byLane)) byLane[lane] = (byLane[lane] ?? 0) + messages;
    }
    const bytes = this.#seats.reduce((sum, { viewer }) => sum + (viewer?.bytes ?? 0), this.#bytesOfGone);
    const added = bytes - this.#bytesReported;
    this.#bytesReported = bytes;
    const [sampledMessages, sampledFrames] = [this.#sampledMessages, this.#sampledFrames];
    this.#sampledMessages = 0;
    this.#sampledFrames = 0;
    const latencies = this.#latencies.takeEncoded();
    return {
      connected: this.#joined,
      frames,
      deliveries,
      byLane,
      bytes: added,
      latencies,
      sampledMessages,
      sampledFrames,
      ended: this.#ended,
      gaps: this.#gaps,
    };
  }

  /** The verdict after the last message: losses of the sample, and viewers that differ from it. */
  verdict(published: Published): SampleVerdict {
    const lanes: Record<string, SequenceCount> = {};
    const sampled = this.#seats.filter(({ sampled, viewer }) => sampled && viewer);
    for (const seat of sampled) {
      for (const [lane, last] of Object.entries(published[seat.room] ?? {})) this.#checkOf(seat, lane).settle(last);
      for (const [lane, { count }] of seat.checks) add(lanes, lane, count);
    }
    return { viewers: sampled.length, lanes, gaps: this.#gapsOfSample, ...this.#comparison() };
  }

  #comparison(): { compared: number; different: number } {
    const countOf = (viewer: Viewer) => `${viewer.frames} frames, ${viewer.frameBytes} bytes`;
    const expected = new Map<string, string>();
    for (const { room, viewer, steady, sampled } of this.#seats) if (sampled && steady && viewer) expected.set(room, countOf(viewer));
    const compared = this.#seats.filter(({ room, steady, viewer }) => steady && viewer && expected.has(room));
    return { compared: compared.length, different: compared.filter(({ room, viewer }) => viewer && countOf(viewer) !== expected.get(room)).length };
  }

  joined(viewer: Viewer, answer: JoinAnswer): void {
    this.#joined++;
    const seat = this.#seatOf.get(viewer);
    const room = this.#rooms.get(viewer.options.room);
    if (room && answer.positions) room.positions = merged(room.positions, answer.positions);
    if (seat?.sampled && answer.positions) seat.positions = merged(seat.positions, answer.positions);
    if (seat?.sampled && answer.msgs) this.messages(viewer, answer.msgs);
    this.#settled(viewer);
  }

  ended(viewer: Viewer, reason: string): void {
    this.#ended[reason] = (this.#ended[reason] ?? 0) + 1;
    const seat = this.#seatOf.get(viewer);
    if (seat?.viewer === viewer) this.#forget(seat);
    this.#settled(viewer);
  }

  frame({ options }: Viewer, _length: number): void {
    const room = this.#rooms.get(options.room);
    if (room) room.tally.frames++;
  }

  messages(viewer: Viewer, messages: readonly ViewerMessage[]): void {
    const seat = this.#seatOf.get(viewer);
    const room = this.#rooms.get(viewer.options.room);
    if (!seat || !room) return;
    const now = Date.now();
    this.#sampledFrames++;
    this.#sampledMessages += messages.length;
    room.tally.sample(messages.map(({ lane = 'chat' }) => lane));
    for (const { lane = 'chat', offset, data } of messages) {
      if (offset !== undefined) for (const position of [room.positions[lane], seat.positions[lane]]) advance(position, offset);
      const stamp = readStamp(data);
      if (!stamp) continue;
      this.#latencies.record(lane, now - stamp.sentAt);
      this.#checkOf(seat, lane).see(stamp.number);
    }
  }

  event(viewer: Viewer, name: string, payload: unknown): void {
    if (name === 'gap') {
      const { lane, count } = payload as { lane: string; count: number };
      this.#gaps[lane] = (this.#gaps[lane] ?? 0) + count;
      if (viewer.options.sampled) this.#gapsOfSample[lane] = (this.#gapsOfSample[lane] ?? 0) + count;
    } else if (name === 'notice') {
      const reason = `notice ${(payload as { code: string }).code}`;
      this.#ended[reason] = (this.#ended[reason] ?? 0) + 1;
    }
  }

  #checkOf(seat: Seat, lane: string): SequenceCheck {
    const known = seat.checks.get(lane);
    if (known) return known;
    const made = new SequenceCheck(this.#plan.expectFirst ? 0 : undefined);
    seat.checks.set(lane, made);
    return made;
  }

  #settled(viewer: Viewer): void {
    this.#pending.get(viewer)?.();
    this.#pending.delete(viewer);
  }

  #forget(seat: Seat): void {
    const { viewer } = seat;
    seat.viewer = undefined;
    seat.steady = false;
    if (!viewer) return;
    this.#bytesOfGone += viewer.bytes;
    if (viewer.joinedAt > 0) this.#joined--;
    viewer.cut();
  }

  #takeJoins(seats: readonly Seat[]): EncodedLatencies {
    const joins = new Latencies();
    for (const { viewer } of seats) if (viewer && viewer.joinedAt > 0) joins.record('join', viewer.joinedAt - viewer.openedAt);
    return joins.takeEncoded();
  }
}

function add(lanes: Record<string, SequenceCount>, lane: string, count: SequenceCount): void {
  const sum = lanes[lane] ?? { received: 0, missing: 0, outOfOrder: 0 };
  lanes[lane] = { received: sum.received + count.received, missing: sum.missing + count.missing, outOfOrder: sum.outOfOrder + count.outOfOrder };
}
