// Turns a message from a viewer or a backend into a publication: chooses the lane by type, assigns an id and encodes the body. Messages
// are encoded only here; every later hop forwards the encoded text (layout: message-text.ts).
import { DanmuxError, type From, lanes, type MessageType } from '@danmux/protocol';
import { newId, toJson } from '@danmux/runtime';
import type { Marks, Publication } from './contract/ingress.ts';
import { contentDigest } from './message/content-digest.ts';
import { weightOf } from './message/weight.ts';
import { encodeBody, tsOf, withId, withOffset, withTs } from './message-text.ts';

/** A message as a viewer or a backend sends it, before it has a lane. The room name must be valid. */
export interface Incoming {
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly from?: From;
  /** Id given by the publisher. A second message with the same id in a room is a duplicate. Generated when absent. */
  readonly id?: string;
  /** Replaces `id` as dedupe key. For viewers: user id plus client message id (`cid`). */
  readonly dedupeKey?: string;
  readonly trace?: string;
  /**
   * When true for two messages with the same dedupe key and different content, the second is refused. Otherwise the second counts as a duplicate of
   * the first.
   */
  readonly distinct?: boolean;
  /** Flags for relay and edge. `receipt` and `expires_at` are also part of the message that viewers get. */
  readonly marks?: Marks;
}

/** The inputs of `acceptPublication` other than the message: the table of types, the size limit, the time and the role weights. */
export interface AcceptRules {
  readonly types: Readonly<Record<string, MessageType>>;
  /** Largest size of `data` as JSON, in bytes. */
  readonly maxData: number;
  /** Current time in milliseconds since 1970; becomes the message's `ts`. */
  readonly now: number;
  /** Rank points per role, used when a relay must shed messages. A role without an entry adds 0. */
  readonly roleWeights?: Readonly<Record<string, number>>;
}

/** Throws `unknown_type` or `too_large`. The caller has checked the room name. */
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
  const digest = incoming.distinct && dedupeKey !== undefined ? { digest: contentDigest(incoming) } : {};
  const judged = lanes[lane].guaranteed ? comboOf(lane, incoming) : { weight: weightOf(from, data, rules.roleWeights ?? {}) };
  const trace = incoming.trace ?? id;
  return { room, lane, id, body, trace, ...(dedupeKey === undefined ? {} : { dedupeKey }), ...digest, ...judged, ...(marks ? { marks } : {}) };
}

/** The combo of a gift, scoped to its sender because two users may choose the same combo id. A message with marks is never merged into a combo. */
function comboOf(lane: Publication['lane'], { type, from, data, marks }: Incoming): { combo?: string } {
  if (marks) return {};
  const combo = typeof data === 'object' && data !== null ? (data as { combo_id?: unknown }).combo_id : undefined;
  if (lanes[lane].merges !== 'combos' || typeof combo !== 'string' || combo === '') return {};
  // As JSON, because a type, a user id and a combo id may contain any separator.
  return { combo: JSON.stringify([type, from?.id ?? '', combo]) };
}

function laneOf(type: string, types: AcceptRules['types']): MessageType['lane'] {
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  if (row) return row.lane;
  throw new DanmuxError('unknown_type', { message: `type "${type}" is not in the table messages.types; known: ${Object.keys(types).join(', ')}.` });
}

/** Returns the message that viewers get: the publication's body with lane and offset in front. Does not parse the body. */
export function numberedMessage({ lane, body }: Publication, offset: number | undefined): string {
  return withOffset(lane, offset, body);
}

/** Time at which a publication was accepted, milliseconds since 1970. */
export function acceptedAt({ body }: Pick<Publication, 'body'>): number {
  return tsOf(body);
}

/** Copy of the publication with `now` (milliseconds since 1970) as its acceptance time; for messages held back by moderation or a schedule. */
export function restamped<P extends Publication>(publication: P, now: number): P {
  return { ...publication, body: withTs(publication.body, now) };
}

/** Copy of the publication under another id. */
export function identified<P extends Publication>(publication: P, id: string): P {
  return { ...publication, id, body: withId(publication.body, publication.id, id) };
}
