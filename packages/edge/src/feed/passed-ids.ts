// Ids of messages that a feed delivered before a new epoch. After Redis lost recent writes, messages may be published again under new offsets
// with the same ids; this class filters them so that no viewer gets them twice. Viewers that joined after the first delivery get them through
// `repeated`.
import { type BusFrame, type FrameHead, hasParts, withoutParts } from '@danmux/bus';
import { isStreamLane, type Lane, type Msg, type StreamLane } from '@danmux/protocol';
import { type Clock, parseJson, toJson } from '@danmux/runtime';
import { messageTexts } from '../frame/message-texts.ts';
import type { AddressedMsg } from './replayed-frame.ts';

/** First delivery of a message: its position and time, and the time until which it is remembered. */
export interface Passed {
  readonly epoch: string;
  readonly offset: number;
  readonly at: number;
  readonly until: number;
}

/** A message delivered in an earlier epoch that arrives again. */
export interface Repeated {
  readonly lane: StreamLane;
  readonly text: string;
  readonly before: Passed;
}

export class PassedIds {
  readonly #clock: Clock;
  readonly #passed = new Map<string, Passed>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entries: Iterable<readonly [key: string, passed: Passed]>): void {
    for (const [key, passed] of entries) this.#passed.set(key, passed);
  }

  /** Drops expired ids. */
  forget(): void {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#passed) if (until <= now) this.#passed.delete(key);
  }

  get size(): number {
    return this.#passed.size;
  }

  /** The frame without messages delivered before; the same object if it has no such messages. The ranges are kept, so that heads advance. */
  without(frame: BusFrame): { readonly frame: BusFrame; readonly repeated: readonly Repeated[] } {
    if (this.#passed.size === 0 || Object.keys(frame.head.ranges).length === 0) return { frame, repeated: [] };
    const texts = messageTexts(frame.payload);
    const repeated: Repeated[] = [];
    const shown = texts.map((text) => this.#shown(text, repeated));
    return shown.every((text, index) => text === texts[index]) ? { frame, repeated } : { frame: reduced(frame, shown), repeated };
  }

  /** Null for a message delivered before; a combo without the parts delivered before; else the text unchanged. */
  #shown(text: string, repeated: Repeated[]): string | null {
    const msg = JSON.parse(text) as AddressedMsg;
    if (!isStreamLane(msg.lane)) return text;
    const before = this.#known(passedKey(msg));
    const left = hasParts(text) ? withoutParts(text, this) : before ? null : text;
    if (left === null && before) repeated.push({ lane: msg.lane, text, before });
    return left;
  }

  /** Removes messages that the viewer has from an earlier epoch. `had` decides this by the position of a message's first delivery. */
  withoutSeen(msgs: readonly Msg[], had: (lane: StreamLane, before: Passed) => boolean): readonly Msg[] {
    return this.#passed.size === 0 ? msgs : msgs.flatMap((msg) => this.#unlessHad(msg, had));
  }

  #unlessHad(msg: Msg, had: (lane: StreamLane, before: Passed) => boolean): Msg | [] {
    const { lane } = msg;
    // A tombstone is sent even if the viewer has the message, because the tombstone must hide that message.
    if (!isStreamLane(lane) || msg.type === 'recalled') return msg;
    const of = {
      has: (key: string) => {
        const before = this.#known(key);
        return before !== undefined && had(lane, before);
      },
    };
    if (!msg.parts) return of.has(passedKey(msg)) ? [] : msg;
    if (!msg.parts.some(({ id }) => of.has(id))) return msg;
    const left = withoutParts(toJson(msg), of);
    return left === null ? [] : (parseJson(left) as Msg);
  }

  has(key: string): boolean {
    return this.#known(key) !== undefined;
  }

  #known(key: string): Passed | undefined {
    const passed = this.#passed.get(key);
    return passed && passed.until > this.#clock.now() ? passed : undefined;
  }
}

/** Key of a message in its room: its id, prefixed with the recipient in a personal room, where messages of two users may have the same id. */
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
    // The commas between messages count: the sum starts at -1, and each message adds its length and 1.
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
