// A relay merges several gifts of one combo into one message with `parts`, the id and count of each gift:
// `{"id":…,"parts":[{"id":"g1","count":10},…],"type":…}`. Readers get the message without recalled parts. All functions work on the text
// of a body or a numbered message, so that counts beyond 2^53 keep their digits.
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

/** Largest number of parts in one message, so that it stays small for every client. */
export const comboParts = 200;

const opening = ',"parts":[{"id":';
const written = /\{"id":("(?:[^"\\]|\\.)*"),"count":(\d+)\}/g;

/** Whether the message has combo parts. Danmux writes `parts` between `id` and `type`; a `parts` after that belongs to the publisher's data. */
export function hasParts(text: string): boolean {
  const at = text.indexOf(opening);
  return at >= 0 && at < text.indexOf(',"type":"');
}

/** The parts of a combo message, oldest first, recalled ones included; empty for any other message. */
export function partsOf(text: string): ComboPart[] {
  if (!hasParts(text)) return [];
  return [...(fieldText(text, 'parts') ?? '').matchAll(written)].map(([, id = '""', count = '1']) => ({ id: JSON.parse(id) as string, count: BigInt(count) }));
}

/** Merges gift bodies, oldest first, into one body: the newest body, with one part for each gift and the sum of their counts. */
export function bodyOfParts(bodies: readonly string[]): string {
  const newest = bodies.at(-1) ?? '';
  const parts = bodies.map((body) => ({ id: JSON.parse(fieldText(body, 'id') ?? '""') as string, count: countOf(fieldText(body, 'data') ?? 'null') }));
  const id = `{"id":${fieldText(newest, 'id')}`;
  return countedBody(`${id},"parts":${textOf(parts)}${newest.slice(id.length)}`, sumOf(parts));
}

/** The message without its recalled parts, with the sum of the remaining counts. Unchanged when no part is recalled, null when all are. */
export function withoutParts(text: string, recalled: RecalledParts): string | null {
  const parts = partsOf(text);
  const left = parts.filter(({ id }) => !recalled.has(id));
  if (left.length === parts.length) return text;
  return left.length === 0 ? null : countedBody(withField(text, 'parts', textOf(left)), sumOf(left));
}

/** A stored message in the form that viewers get: without recalled parts; a tombstone when all its parts are recalled. */
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
