// Replaces recalled messages in frames with tombstones of the same id and offset, so counts and offsets stay unchanged. A frame is parsed
// only when it may contain a recalled message; recalls are rare.
import { type BusFrame, withoutParts } from '@danmux/bus';
import type { Frame, Lane, Msg } from '@danmux/protocol';
import { BoundedMap, type Clock, parseJson, toJson } from '@danmux/runtime';

/** Cap of remembered ids and their age limit; no message is queued for longer than a minute. */
const remembered = 1_000;
const rememberedMs = 60_000;
/** With at most this many ids the payload is searched for them before it is parsed; with more ids, parsing at once is cheaper. */
const searched = 16;

/** Ids recalled recently in one room; a message that arrives after its recall becomes a tombstone. */
export class RecalledIds {
  readonly #clock: Clock;
  readonly #at = new BoundedMap<string, number>(remembered);

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

  /** Drops ids past the age limit. */
  forget(): void {
    const before = this.#clock.now() - rememberedMs;
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
}

/** The message after a recall of `ids`: unchanged, a combo without the recalled parts, or a tombstone. */
export function shownMsg(msg: Msg, ids: { has(id: string): boolean }): Msg {
  if (!msg.parts) return ids.has(msg.id) ? recalledMsg(msg) : msg;
  if (!msg.parts.some(({ id }) => ids.has(id))) return msg;
  const left = withoutParts(toJson(msg), ids);
  return left === null ? recalledMsg(msg) : (parseJson(left) as Msg);
}

function recalledMsg({ lane, offset, id, ts }: Msg): Msg {
  return { lane, ...(offset === undefined ? {} : { offset }), id, type: 'recalled', data: null, ts };
}

/** The frame with tombstones for recalled messages; the same object when none of its messages was recalled. */
export function withoutRecalled(frame: BusFrame, ids: ReadonlySet<string>): BusFrame {
  const { head } = frame;
  const senderOnly = head.senderOnly?.filter(([, message]) => !ids.has((JSON.parse(message) as Msg).id));
  const msgs = tombstoned(frame.payload, ids);
  if (!msgs && senderOnly?.length === head.senderOnly?.length) return frame;
  const receipts = head.receipts?.filter((id) => !ids.has(id));
  return {
    head: { ...head, ...(msgs ? { characters: charactersOf(msgs) } : {}), ...(senderOnly ? { senderOnly } : {}), ...(receipts ? { receipts } : {}) },
    payload: msgs ? payloadOf(head.room, msgs) : frame.payload,
  };
}

/** Like `withoutRecalled`, for the JSON of a `frame` event. */
export function payloadWithoutRecalled(payload: string, ids: ReadonlySet<string>): string {
  const msgs = tombstoned(payload, ids);
  return msgs ? payloadOf((JSON.parse(payload) as Frame).room, msgs) : payload;
}

/** The payload's messages with tombstones; null when none was recalled. */
function tombstoned(payload: string, ids: ReadonlySet<string>): readonly Msg[] | null {
  if (ids.size <= searched && ![...ids].some((id) => payload.includes(JSON.stringify(id)))) return null;
  const { msgs } = parseJson(payload) as Frame;
  const shown = msgs.map((msg) => shownMsg(msg, ids));
  return shown.some((msg, index) => msg !== msgs[index]) ? shown : null;
}

function payloadOf(room: string, msgs: readonly Msg[]): string {
  return `{"room":${JSON.stringify(room)},"msgs":[${msgs.map(toJson).join(',')}]}`;
}

function charactersOf(msgs: readonly Msg[]): Partial<Record<Lane, number>> {
  const characters: Partial<Record<Lane, number>> = {};
  // Starts at -1 and adds 1 per message: the commas between messages count, one fewer than messages.
  for (const msg of msgs) characters[msg.lane] = (characters[msg.lane] ?? -1) + 1 + toJson(msg).length;
  return characters;
}
