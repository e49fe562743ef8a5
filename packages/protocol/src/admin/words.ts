// Word lists: what is done with messages that hold one of their words.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { roomRule, strict } from './fields.ts';

const action = Type.Union([Type.Literal('block'), Type.Literal('mask'), Type.Literal('hold'), Type.Literal('shadow')], {
  description: 'block: refused; mask: the word is starred; hold: waits for review; shadow: only its sender sees it',
});
const rooms = Type.Optional(Type.Array(roomRule, { minItems: 1, maxItems: 64, description: 'Exact names or `prefix*`; absent: every room' }));

export const wordListRequest = Type.Object(
  {
    action,
    words: Type.Array(Type.String({ minLength: 1, maxLength: limits.word }), {
      maxItems: limits.words,
      description: 'Found whatever their width, case, spacing and zero-width characters',
    }),
    rooms,
  },
  strict,
);
export const wordListReply = Type.Object({ name: Type.String(), action, words: Type.Array(Type.String()), rooms });
export const wordListSummary = Type.Object({ name: Type.String(), action, count: Type.Integer({ description: 'How many words it has' }), rooms });
export const wordListsReply = Type.Object({ lists: Type.Array(wordListSummary, { description: 'By name' }) });

export type WordListRequest = Static<typeof wordListRequest>;
export type WordListSummary = Static<typeof wordListSummary>;
