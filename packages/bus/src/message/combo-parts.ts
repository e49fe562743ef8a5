// The parts of a message a relay made of several gifts of one combo: `{"id":…,"parts":[{"id":"g1","count":10},…],"type":…}`, the id of
// each gift and what it counts. A part that is recalled is left out wherever the message is given. Works on the message's text, a
// body or one with lane and offset, so that counts keep their digits.
import type { StreamLane } from '@danmux/protocol';
import { tombstone, tsOf } from '../message-text.ts';
import { countedBody, countOf } from './count.ts';
import { fieldText, withField } from './field-text.ts';

export interface ComboPart {
  readonly id: string;
  readonly count: bigint;
}

export interface RecalledParts {
  has(id: string): boolean;
}

/** Parts of one message at most: it must stay small for every client. */
export const comboParts = 200;

const opening = ',"parts":[{"id":';
const written = /\{"id":("(?:[^"\\]|\\.)*"),"count":(\d+)\}/g;

/** Only danmux writes the field, between `id` and `type`; what stands behind may be a publisher's own. */
export function hasParts(text: string): boolean {
  const at = text.indexOf(opening);
  return at >= 0 && at < text.indexOf(',"type":"');
}

export function partsOf(text: string): ComboPart[] {
  if (!hasParts(text)) return [];
  return [...(fieldText(text, 'parts') ?? '').matchAll(written)].map(([, id = '""', count = '1']) => ({ id: JSON.parse(id) as string, count: BigInt(count) }));
}

/** The newest body with the parts and the sum of all; `bodies` are one gift each, in their order. */
export function bodyOfParts(bodies: readonly string[]): string {
  const newest = bodies.at(-1) ?? '';
  const parts = bodies.map((body) => ({ id: JSON.parse(fieldText(body, 'id') ?? '""') as string, count: countOf(fieldText(body, 'data') ?? 'null') }));
  const id = `{"id":${fieldText(newest, 'id')}`;
  return countedBody(`${id},"parts":${textOf(parts)}${newest.slice(id.length)}`, sumOf(parts));
}

/** The message without the parts of these ids: itself when it has none of them, null when nothing is left. */
export function withoutParts(text: string, recalled: RecalledParts): string | null {
  const parts = partsOf(text);
  const left = parts.filter(({ id }) => !recalled.has(id));
  if (left.length === parts.length) return text;
  return left.length === 0 ? null : countedBody(withField(text, 'parts', textOf(left)), sumOf(left));
}

/** A stored message as it is given to viewers: without recalled parts, a tombstone when all of them are. */
export function givenText(lane: StreamLane, { offset, text }: { readonly offset: number; readonly text: string }, recalled: RecalledParts): string {
  if (!hasParts(text)) return text;
  return withoutParts(text, recalled) ?? tombstone(lane, offset, JSON.parse(fieldText(text, 'id') ?? '""') as string, tsOf(text));
}

function sumOf(parts: readonly ComboPart[]): bigint {
  return parts.reduce((sum, { count }) => sum + count, 0n);
}

function textOf(parts: readonly ComboPart[]): string {
  return `[${parts.map(({ id, count }) => `{"id":${JSON.stringify(id)},"count":${count}}`).join(',')}]`;
}
