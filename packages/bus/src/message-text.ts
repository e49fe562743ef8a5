// The JSON layout of a message, as text. Danmux encodes a message once, where it is accepted, and from then on changes only parts of the
// text: everything else keeps its bytes, so that digits and field order survive. No other file knows the order of these fields.
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
  /** As JSON. */
  readonly data: string;
  readonly marks: Marks | undefined;
  /** Milliseconds since 1970. */
  readonly ts: number;
}

export function encodeBody({ id, type, from, data, marks, ts }: BodyFields): string {
  const sender = from === undefined ? '' : `,"from":${toJson(from)}`;
  // History must find the recipient of a personal message.
  const to = marks?.to === undefined ? '' : `,"to":${JSON.stringify(marks.to)}`;
  const shown = `${to}${marks?.receipt ? ',"receipt":true' : ''}${marks?.expires_at === undefined ? '' : `,"expires_at":${marks.expires_at}`}`;
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)}${sender},"data":${data}${shown},"ts":${ts}}`;
}

/** The message a viewer gets; `offset` is undefined on lanes without a stream and on messages that have no place in it. */
export function withOffset(lane: Lane, offset: number | undefined, body: string): string {
  const place = offset === undefined ? '' : `,"offset":${offset}`;
  return `{"lane":"${lane}"${place},${body.slice(1)}`;
}

/** The body under another id; `id` is the one it has. */
export function withId(body: string, id: string, other: string): string {
  return `{"id":${JSON.stringify(other)}${body.slice(`{"id":${JSON.stringify(id)}`.length)}`;
}

/** `ts` of a body or of a numbered message, milliseconds since 1970. */
export function tsOf(text: string): number {
  return Number(text.slice(text.lastIndexOf(':') + 1, -1));
}

/** The body as if it had been accepted at `ts`. */
export function withTs(body: string, ts: number): string {
  return `${body.slice(0, body.lastIndexOf(':') + 1)}${ts}}`;
}

/** Whether a numbered message has this lane, offset and id. */
export function isMessage(text: string, lane: StreamLane, offset: number, id: string): boolean {
  return text.startsWith(`{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},`);
}

const quoted = /"(?:[^"\\]|\\.)*"/y;

/** The user a personal message is for; undefined on every other message and on a tombstone. Reads nothing else of the text. */
export function addresseeOf(text: string): string | undefined {
  // `to` follows the data, and a quote inside a string has a backslash before it.
  const at = text.lastIndexOf(',"to":"');
  if (at < 0) return undefined;
  quoted.lastIndex = at + 6;
  const [found] = quoted.exec(text) ?? [];
  return found === undefined ? undefined : (JSON.parse(found) as string);
}

/** The text in place of a recalled message, of the same lane, offset and id; `recalled` is its type. */
export function tombstone(lane: StreamLane, offset: number, id: string, ts: number): string {
  return `{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},"type":"recalled","data":null,"ts":${ts}}`;
}
