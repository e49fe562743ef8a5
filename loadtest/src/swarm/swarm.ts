// The viewers of one process: opens them at a given pace, counts what they get, cuts them off and brings them back. What it
// knows of a message comes from its sample: every 50th viewer of a room, the first one included.
import { signViewerToken } from '@danmux/runtime';
import { type EncodedLatencies, Latencies } from '../latency.ts';
import { readStamp } from '../stamp.ts';
import { RoomTally } from './room-tally.ts';
import { advance, makeSeat, merged, type Position, type Seat } from './seat.ts';
import { SequenceCheck, type SequenceCount } from './sequence-check.ts';
import { type JoinAnswer, type Positions, Viewer, type ViewerListener, type ViewerMessage } from './viewer.ts';

export interface SwarmPlan {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  /** Viewer `i` of all joins room `rooms[i % rooms.length]`. */
  readonly rooms: readonly string[];
  /** The viewers of this process: from `first`, so many. */
  readonly first: number;
  readonly viewers: number;
  readonly perSecond: number;
  readonly deflate: boolean;
  readonly sampleEvery: number;
  readonly tokenSecret: string;
  /** True when the viewers are there before the first message: then they must get number 1 too. */
  readonly expectFirst: boolean;
}

export interface OpenOptions {
  /** Join with the last known positions. */
  readonly recover?: boolean;
  readonly perSecond?: number;
  /** No more are opened while so many joins wait for their answer. */
  readonly unanswered?: number;
}

export interface Opened {
  readonly joined: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds from the first packet to the answer of the join, under the name `join`. */
  readonly latencies: EncodedLatencies;
  readonly deflate: number;
}

/** Since the last one. */
export interface SwarmTally {
  readonly connected: number;
  readonly frames: number;
  readonly deliveries: number;
  readonly byLane: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly latencies: EncodedLatencies;
  readonly sampledMessages: number;
  readonly sampledFrames: number;
  /** Whole run: disconnects by reason, messages told as gap by lane. */
  readonly ended: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Record<string, number>>;
}

export interface SampleVerdict {
  readonly viewers: number;
  readonly lanes: Readonly<Record<string, SequenceCount>>;
  /** Messages the sample was told it was not sent, by lane. */
  readonly told: Readonly<Record<string, number>>;
  /** Viewers that read all the time, and can be held against the sample of their room. */
  readonly compared: number;
  /** Those of them that got another number of frames or bytes. */
  readonly unlike: number;
}

/** The last number published, by room and lane. */
export type Published = Readonly<Record<string, Readonly<Record<string, number>>>>;

const tokenSeconds = 7_200;
/** A server that is asked more than it can answer for seconds refuses; only storms want that. */
const fewUnanswered = 300;
/** After the last viewer was opened. */
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
  #bytesTold = 0;
  #sampledMessages = 0;
  #sampledFrames = 0;

  constructor(plan: SwarmPlan, progress: (joined: number) => void = () => {}) {
    this.#plan = plan;
    this.#progress = progress;
    this.#seats = Array.from({ length: plan.viewers }, (_, at) => makeSeat(plan, plan.first + at));
    for (const { room } of this.#seats) if (!this.#rooms.has(room)) this.#rooms.set(room, { tally: new RoomTally(), positions: {} });
  }

  /** Opens every viewer that is not connected. */
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

  /** Every tenth (or so) viewer that is not sampled stops reading. Returns how many. */
  pause(share: number): number {
    const others = this.#seats.filter(({ sampled, viewer }) => !sampled && viewer);
    const chosen = others.slice(0, Math.round(this.#seats.length * share));
    for (const seat of chosen) {
      seat.viewer?.pause();
      seat.steady = false;
    }
    return chosen.length;
  }

  /** Cuts every connection at once. */
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
    const told = bytes - this.#bytesTold;
    this.#bytesTold = bytes;
    const [sampledMessages, sampledFrames] = [this.#sampledMessages, this.#sampledFrames];
    this.#sampledMessages = 0;
    this.#sampledFrames = 0;
    const latencies = this.#latencies.takeEncoded();
    return {
      connected: this.#joined,
      frames,
      deliveries,
      byLane,
      bytes: told,
      latencies,
      sampledMessages,
      sampledFrames,
      ended: this.#ended,
      gaps: this.#gaps,
    };
  }

  /** After the last message has arrived: what the sample missed, and who got anything else than the sample. */
  verdict(published: Published): SampleVerdict {
    const lanes: Record<string, SequenceCount> = {};
    const sampled = this.#seats.filter(({ sampled, viewer }) => sampled && viewer);
    for (const seat of sampled) {
      for (const [lane, last] of Object.entries(published[seat.room] ?? {})) this.#checkOf(seat, lane).settle(last);
      for (const [lane, { count }] of seat.checks) add(lanes, lane, count);
    }
    return { viewers: sampled.length, lanes, told: this.#gapsOfSample, ...this.#likeness() };
  }

  #likeness(): { compared: number; unlike: number } {
    const countOf = (viewer: Viewer) => `${viewer.frames} frames, ${viewer.frameBytes} bytes`;
    const expected = new Map<string, string>();
    for (const { room, viewer, steady, sampled } of this.#seats) if (sampled && steady && viewer) expected.set(room, countOf(viewer));
    const compared = this.#seats.filter(({ room, steady, viewer }) => steady && viewer && expected.has(room));
    return { compared: compared.length, unlike: compared.filter(({ room, viewer }) => viewer && countOf(viewer) !== expected.get(room)).length };
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
