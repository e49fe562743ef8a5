// Replaces recalled messages in frames with tombstones of the same id and offset, so counts and offsets stay unchanged. A frame is parsed
// only when it may contain a recalled message; recalls are rare.
import { type BusFrame, goesOnAfter, type Heads, withoutParts } from '@danmux/bus';
import { type BulkRecall, bulkRecallOf, type Frame, isCovered, type Lane, type Msg, type Position, type Positions, type StreamLane } from '@danmux/protocol';
import { BoundedMap, type Clock, parseJson, toJson } from '@danmux/runtime';
import { messageTexts } from './message-texts.ts';

/** Recalled messages: their ids, or the bulk recall that covers them. */
export type Recalled = ReadonlySet<string> | BulkRecall;

/** Cap of remembered ids and their age limit; no message is queued for longer than a minute. */
const remembered = 1_000;
const rememberedMs = 60_000;
/** Cap of remembered bulk recalls, with the same age limit. */
const bulkRemembered = 100;
/** Up to this many ids are searched for in a payload before it is parsed. With more ids, parsing without a search is cheaper. */
const searched = 16;

/** Recent recalls of one room; a message that arrives after its recall becomes a tombstone. */
export class RecentRecalls {
  readonly #clock: Clock;
  readonly #at = new BoundedMap<string, number>(remembered);
  #bulk: { readonly recall: BulkRecall; readonly at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(ids: readonly string[]): void {
    for (const id of ids) {
      this.#at.delete(id);
      this.#at.set(id, this.#clock.now());
    }
    this.forget();
  }

  addBulk(recall: BulkRecall): void {
    this.#bulk = [...this.#bulk, { recall, at: this.#clock.now() }].slice(-bulkRemembered);
  }

  /** Maps the positions of bulk recalls to a new epoch, so that they do not cover new messages that got the same offsets there. */
  beginEpoch(heads: Heads): void {
    this.#bulk = this.#bulk.map(({ recall, at }) => ({ recall: { ...recall, positions: surviving(recall, heads) }, at }));
  }

  /** Drops recalls past the age limit. */
  forget(): void {
    const before = this.#clock.now() - rememberedMs;
    this.#bulk = this.#bulk.filter(({ at }) => at > before);
    this.#at.deleteOldestWhile((at) => at <= before);
  }

  has(id: string): boolean {
    return this.#at.has(id);
  }

  get size(): number {
    return this.#at.size;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#at.keys());
  }

  get bulk(): readonly BulkRecall[] {
    return this.#bulk.map(({ recall }) => recall);
  }

  /** The message as viewers may see it now. */
  shown(msg: Msg): Msg {
    const left = this.#at.size === 0 ? msg : shownMsg(msg, this);
    return this.#bulk.some(({ recall }) => isCovered(recall, left)) ? recalledMsg(left) : left;
  }
}

function surviving({ positions }: BulkRecall, heads: Heads): Positions {
  const all = Object.entries(positions) as [StreamLane, Position][];
  return Object.fromEntries(all.map(([lane, { epoch, offset }]) => [lane, { epoch: heads.epoch, offset: goesOnAfter(heads, lane, epoch, offset) }]));
}

/** The bulk recalls among the messages of a frame. They are read from the payload, because the head of a frame lists only recalled ids. */
export function bulkRecallsIn({ head, payload }: BusFrame): BulkRecall[] {
  if (!head.counts.control || !payload.includes('"type":"recall"')) return [];
  const control = messageTexts(payload).filter((text) => text.startsWith('{"lane":"control"'));
  return control.flatMap((text) => bulkRecallOf(JSON.parse(text) as Msg) ?? []);
}

/** The message after a recall: unchanged, a combo without the recalled parts, or a tombstone. */
export function shownMsg(msg: Msg, recalled: { has(id: string): boolean } | BulkRecall): Msg {
  if ('scope' in recalled) return isCovered(recalled, msg) ? recalledMsg(msg) : msg;
  if (!msg.parts) return recalled.has(msg.id) ? recalledMsg(msg) : msg;
  if (!msg.parts.some(({ id }) => recalled.has(id))) return msg;
  const left = withoutParts(toJson(msg), recalled);
  return left === null ? recalledMsg(msg) : (parseJson(left) as Msg);
}

function recalledMsg({ lane, offset, id, ts }: Msg): Msg {
  return { lane, ...(offset === undefined ? {} : { offset }), id, type: 'recalled', data: null, ts };
}

/** The frame with tombstones for recalled messages; the same object when none of its messages was recalled. */
export function withoutRecalled(frame: BusFrame, recalled: Recalled): BusFrame {
  const { head } = frame;
  const senderOnly = head.senderOnly?.filter(([, message]) => !isTombstone(shownMsg(JSON.parse(message) as Msg, recalled)));
  const msgs = tombstoned(frame.payload, recalled);
  if (!msgs && senderOnly?.length === head.senderOnly?.length) return frame;
  const gone = new Set(msgs?.filter(isTombstone).map(({ id }) => id));
  const receipts = head.receipts?.filter((id) => !gone.has(id));
  return {
    head: { ...head, ...(msgs ? { characters: charactersOf(msgs) } : {}), ...(senderOnly ? { senderOnly } : {}), ...(receipts ? { receipts } : {}) },
    payload: msgs ? payloadOf(head.room, msgs) : frame.payload,
  };
}

/** Like `withoutRecalled`, for the JSON of a `frame` event. */
export function payloadWithoutRecalled(payload: string, recalled: Recalled): string {
  const msgs = tombstoned(payload, recalled);
  return msgs ? payloadOf((JSON.parse(payload) as Frame).room, msgs) : payload;
}

/** The payload's messages with tombstones; null when none was recalled. */
function tombstoned(payload: string, recalled: Recalled): readonly Msg[] | null {
  if (!mayContain(payload, recalled)) return null;
  const { msgs } = parseJson(payload) as Frame;
  const shown = msgs.map((msg) => shownMsg(msg, recalled));
  return shown.some((msg, index) => msg !== msgs[index]) ? shown : null;
}

function mayContain(payload: string, recalled: Recalled): boolean {
  if ('scope' in recalled) return !('user' in recalled.scope) || payload.includes(JSON.stringify(recalled.scope.user));
  return recalled.size > searched || [...recalled].some((id) => payload.includes(JSON.stringify(id)));
}

function isTombstone({ type, data }: Msg): boolean {
  return type === 'recalled' && data === null;
}

function payloadOf(room: string, msgs: readonly Msg[]): string {
  return `{"room":${JSON.stringify(room)},"msgs":[${msgs.map(toJson).join(',')}]}`;
}

function charactersOf(msgs: readonly Msg[]): Partial<Record<Lane, number>> {
  const characters: Partial<Record<Lane, number>> = {};
  // The commas between messages count: the sum starts at -1, and each message adds its length and 1.
  for (const msg of msgs) characters[msg.lane] = (characters[msg.lane] ?? -1) + 1 + toJson(msg).length;
  return characters;
}
