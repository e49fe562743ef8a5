// Ids of what a feed passed on before its room began a new epoch. A store that went back may have put messages back among what waits,
// or have forgotten that an id was used: they come again under new offsets, and no viewer of this edge is shown them a second time.
import { type BusFrame, type FrameHead, hasParts, withoutParts } from '@danmux/bus';
import { isStreamLane, type Lane, type Msg } from '@danmux/protocol';
import type { Clock } from '@danmux/runtime';
import { messageTexts } from './message-texts.ts';
import type { AddressedMsg } from './replayed-frame.ts';

export class PassedIds {
  readonly #clock: Clock;
  /** Until when each is remembered. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(keys: Iterable<readonly [key: string, until: number]>): void {
    for (const [key, until] of keys) this.#until.set(key, until);
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
    const texts = messageTexts(frame.payload);
    const shown = texts.map((text) => this.#shown(text));
    return shown.every((text, index) => text === texts[index]) ? frame : reduced(frame, shown);
  }

  /** Null of a message that was passed on; of a combo what was not is left. */
  #shown(text: string): string | null {
    const msg = JSON.parse(text) as AddressedMsg;
    if (!isStreamLane(msg.lane)) return text;
    if (hasParts(text)) return withoutParts(text, this);
    return this.has(passedKey(msg)) ? null : text;
  }

  has(key: string): boolean {
    return (this.#until.get(key) ?? 0) > this.#clock.now();
  }
}

/** An id is one message in a room; in a room that users share, one to each user. */
export function passedKey({ id, to }: Pick<AddressedMsg, 'id' | 'to'>): string {
  return to === undefined ? id : `${to}\0${id}`;
}

function reduced({ head }: BusFrame, shown: readonly (string | null)[]): BusFrame {
  const left = shown.flatMap((text) => (text === null ? [] : [{ text, msg: JSON.parse(text) as Msg }]));
  const ids = new Set(left.map(({ msg }) => msg.id));
  const counts: Partial<Record<Lane, number>> = {};
  const characters: Partial<Record<Lane, number>> = {};
  for (const { text, msg } of left) {
    counts[msg.lane] = (counts[msg.lane] ?? 0) + 1;
    // A comma between two.
    characters[msg.lane] = (characters[msg.lane] ?? -1) + 1 + text.length;
  }
  const kept = shown.map((text) => text !== null);
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
