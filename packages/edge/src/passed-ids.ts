// Ids of what a feed passed on before its room began a new epoch. A store that went back may have put messages back among what waits,
// or have forgotten that an id was used: they come again under new offsets, and no viewer of this edge is shown them a second time.
import type { BusFrame, FrameHead } from '@danmux/bus';
import { isStreamLane, type Lane, type Msg } from '@danmux/protocol';
import type { Clock } from '@danmux/runtime';
import { messageTexts } from './message-texts.ts';

export class PassedIds {
  readonly #clock: Clock;
  /** Until when each is remembered. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(ids: Iterable<readonly [id: string, until: number]>): void {
    for (const [id, until] of ids) this.#until.set(id, until);
  }

  /** Forgets what is too long ago. */
  forget(): void {
    const now = this.#clock.now();
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
  }

  get size(): number {
    return this.#until.size;
  }

  /** The frame without what was passed on already; the same one when there is nothing of it. Its ranges stay: these offsets are done. */
  without(frame: BusFrame): BusFrame {
    if (this.#until.size === 0 || Object.keys(frame.head.ranges).length === 0) return frame;
    const texts = messageTexts(frame.payload).map((text) => ({ text, msg: JSON.parse(text) as Msg }));
    const kept = texts.map(({ msg: { lane, id } }) => !isStreamLane(lane) || (this.#until.get(id) ?? 0) <= this.#clock.now());
    return kept.every(Boolean) ? frame : reduced(frame, texts, kept);
  }
}

function reduced({ head }: BusFrame, texts: readonly { text: string; msg: Msg }[], kept: readonly boolean[]): BusFrame {
  const left = texts.filter((_, index) => kept[index]);
  const ids = new Set(left.map(({ msg }) => msg.id));
  const counts: Partial<Record<Lane, number>> = {};
  const characters: Partial<Record<Lane, number>> = {};
  for (const { text, msg } of left) {
    counts[msg.lane] = (counts[msg.lane] ?? 0) + 1;
    // A comma between two.
    characters[msg.lane] = (characters[msg.lane] ?? -1) + 1 + text.length;
  }
  return {
    head: { ...head, counts, characters, ...marksOf(head, ids, kept) },
    payload: `{"room":${JSON.stringify(head.room)},"msgs":[${left.map(({ text }) => text).join(',')}]}`,
  };
}

function marksOf({ receipts, to, traces }: FrameHead, ids: ReadonlySet<string>, kept: readonly boolean[]): Pick<FrameHead, 'receipts' | 'to' | 'traces'> {
  return {
    traces: traces.filter(([id]) => ids.has(id)),
    ...(receipts ? { receipts: receipts.filter((id) => ids.has(id)) } : {}),
    ...(to ? { to: to.filter((_, index) => kept[index]) } : {}),
  };
}
