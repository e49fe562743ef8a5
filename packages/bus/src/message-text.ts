// The JSON layout of a message as text. Danmux encodes a message once, on acceptance, and later replaces only parts of the text: all other
// bytes stay, so digits and field order survive. Only combo-parts.ts and streams-recall.lua also depend on the field order.
//
// A body is `{"id":…,"type":…,"from":…,"data":…,"to":…,"receipt":true,"expires_at":…,"ts":…}`: `id` first and `ts` last, `from`, `to`,
// `receipt` and `expires_at` only where they apply. A numbered message has `"lane":…,"offset":…,` in front.
import type { From, Lane, StreamLane } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';
import type { Marks } from './contract/ingress.ts';

export interface BodyFields {
  readonly id: string;
  readonly type: string;
  readonly from: From | undefined;
  /** JSON text. */
  readonly data: string;
  readonly marks: Marks | undefined;
  /** Milliseconds since 1970. */
  readonly ts: number;
}

export function encodeBody({ id, type, from, data, marks, ts }: BodyFields): string {
  const sender = from === undefined ? '' : `,"from":${toJson(from)}`;
  // The recipient is part of the stored text, so that history can filter personal messages by user.
  const to = marks?.to === undefined ? '' : `,"to":${JSON.stringify(marks.to)}`;
  const shown = `${to}${marks?.receipt ? ',"receipt":true' : ''}${marks?.expires_at === undefined ? '' : `,"expires_at":${marks.expires_at}`}`;
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)}${sender},"data":${data}${shown},"ts":${ts}}`;
}

/** Returns the message that viewers get: the body with lane and offset in front. `offset` is undefined for messages that are in no stream. */
export function withOffset(lane: Lane, offset: number | undefined, body: string): string {
  const place = offset === undefined ? '' : `,"offset":${offset}`;
  return `{"lane":"${lane}"${place},${body.slice(1)}`;
}

/** The body with the id `other` in place of its current `id`. */
export function withId(body: string, id: string, other: string): string {
  return `{"id":${JSON.stringify(other)}${body.slice(`{"id":${JSON.stringify(id)}`.length)}`;
}

/** `ts` of a body or of a numbered message, milliseconds since 1970. */
export function tsOf(text: string): number {
  return Number(text.slice(text.lastIndexOf(':') + 1, -1));
}

/** The body with another acceptance time `ts`, milliseconds since 1970. */
export function withTs(body: string, ts: number): string {
  return `${body.slice(0, body.lastIndexOf(':') + 1)}${ts}}`;
}

/** Whether a numbered message has this lane, offset and id. */
export function isMessage(text: string, lane: StreamLane, offset: number, id: string): boolean {
  return text.startsWith(`{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},`);
}

const quoted = /"(?:[^"\\]|\\.)*"/y;

/**
 * The user id of the recipient of a message in a user room; undefined for tombstones. Parses no other field. Not for other rooms: there `data` may
 * contain `to`.
 */
export function addresseeOf(text: string): string | undefined {
  // `to` comes after `data`, and quotes inside JSON strings are escaped, so the last match is the real field.
  const at = text.lastIndexOf(',"to":"');
  if (at < 0) return undefined;
  quoted.lastIndex = at + 6;
  const [found] = quoted.exec(text) ?? [];
  return found === undefined ? undefined : (JSON.parse(found) as string);
}

/** The text that replaces a recalled message: same lane, offset and id, type `recalled`, no data. `ts` is the time of the recall, milliseconds since 1970. */
export function tombstone(lane: StreamLane, offset: number, id: string, ts: number): string {
  return `{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},"type":"recalled","data":null,"ts":${ts}}`;
}
