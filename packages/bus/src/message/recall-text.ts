// The text of a bulk recall. The relay writes the last recalled offsets into the body of the recall, because only the relay knows the order of the
// room.
import { type Positions, type RecallScope, recallLanes } from '@danmux/protocol';
import type { Heads } from '../contract/streams.ts';
import { fieldText, withField } from './field-text.ts';

/** The positions of a recall that covers everything up to these heads. */
export function recallPositions(scope: RecallScope, { epoch, offsets }: Pick<Heads, 'epoch' | 'offsets'>): Positions {
  return Object.fromEntries(recallLanes(scope).map((lane) => [lane, { epoch, offset: offsets[lane] }]));
}

/** The positions in the data of a recall; none when its publisher stated none. */
export function positionsIn(body: string): Positions {
  return JSON.parse(fieldText(fieldText(body, 'data') ?? '{}', 'positions') ?? '{}') as Positions;
}

/** The body with the positions of the recall in its data. */
export function withPositions(body: string, positions: Positions): string {
  return withField(body, 'data', withField(fieldText(body, 'data') ?? '{}', 'positions', JSON.stringify(positions)));
}

/** The sender's id of a body or message; undefined when it has no sender. */
export function senderOf(text: string): string | undefined {
  const from = fieldText(text, 'from');
  const id = from === undefined ? undefined : (JSON.parse(from) as { readonly id?: unknown }).id;
  return typeof id === 'string' ? id : undefined;
}
