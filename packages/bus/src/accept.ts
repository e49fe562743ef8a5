// Turns a viewer's or a backend's message into a publication: type → lane, an id, the encoded body. The only place that encodes a
// message; after it only text travels, in the layout of message-text.ts.
import { DanmuxError, type From, lanes, type MessageType } from '@danmux/protocol';
import { newId, toJson } from '@danmux/runtime';
import type { Marks, Publication } from './contract/ingress.ts';
import { weightOf } from './message/weight.ts';
import { encodeBody, tsOf, withId, withOffset, withTs } from './message-text.ts';

export interface Incoming {
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly from?: From;
  /** The publisher's id: the same one twice in a room is one message. Made here when absent. */
  readonly id?: string;
  /** Deduplicate by this instead of by `id` (a viewer's user and cid). */
  readonly dedupeKey?: string;
  readonly trace?: string;
  /** What relay and edge must know of it; `receipt` and `expires_at` are shown to viewers too. */
  readonly marks?: Marks;
}

export interface AcceptRules {
  readonly types: Readonly<Record<string, MessageType>>;
  /** Bytes of `data` as JSON. */
  readonly maxData: number;
  /** Milliseconds since 1970, the message's `ts`. */
  readonly now: number;
  /** What a role adds to the rank of a message; none when absent. */
  readonly roleWeights?: Readonly<Record<string, number>>;
}

/** Throws `unknown_type` or `too_large`. The room name must have been checked. */
export function acceptPublication(incoming: Incoming, rules: AcceptRules): Publication {
  const { room, type, from } = incoming;
  const lane = laneOf(type, rules.types);
  const data = toJson(incoming.data ?? null);
  const size = Buffer.byteLength(data);
  if (size > rules.maxData) throw new DanmuxError('too_large', { message: `data is ${size} bytes as JSON; at most ${rules.maxData} are allowed.` });
  const id = incoming.id ?? newId(rules.now);
  const { marks } = incoming;
  const body = encodeBody({ id, type, from, data, marks, ts: rules.now });
  const dedupeKey = incoming.dedupeKey ?? incoming.id;
  const judged = lanes[lane].guaranteed ? comboOf(lane, incoming) : { weight: weightOf(from, data, rules.roleWeights ?? {}) };
  const trace = incoming.trace ?? id;
  return { room, lane, id, body, trace, ...(dedupeKey === undefined ? {} : { dedupeKey }), ...judged, ...(marks ? { marks } : {}) };
}

/** Of one sender: two users may number their combos alike. A message that is marked is one of its own. */
function comboOf(lane: Publication['lane'], { type, from, data, marks }: Incoming): { combo?: string } {
  if (marks) return {};
  const combo = typeof data === 'object' && data !== null ? (data as { combo_id?: unknown }).combo_id : undefined;
  if (lane !== 'gift' || typeof combo !== 'string' || combo === '') return {};
  return { combo: `${type} ${from?.id ?? ''} ${combo}` };
}

function laneOf(type: string, types: AcceptRules['types']): MessageType['lane'] {
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  if (row) return row.lane;
  throw new DanmuxError('unknown_type', { message: `type "${type}" is not in the table messages.types; known: ${Object.keys(types).join(', ')}.` });
}

/** The message a viewer gets; the body is not parsed. */
export function numberedMessage({ lane, body }: Publication, offset: number | undefined): string {
  return withOffset(lane, offset, body);
}

/** When a publication was accepted, milliseconds since 1970. */
export function acceptedAt({ body }: Pick<Publication, 'body'>): number {
  return tsOf(body);
}

/** The same publication as if it had been accepted at `now`; for one that waited. */
export function restamped<P extends Publication>(publication: P, now: number): P {
  return { ...publication, body: withTs(publication.body, now) };
}

/** The same publication under another id. */
export function identified<P extends Publication>(publication: P, id: string): P {
  return { ...publication, id, body: withId(publication.body, publication.id, id) };
}
