// Schemas of word lists and the action applied to a message that contains a listed word.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { roomRule, strict } from './fields.ts';

const action = Type.Union([Type.Literal('block'), Type.Literal('mask'), Type.Literal('hold'), Type.Literal('shadow')], {
  title: 'WordAction',
  description:
    'block: the message is refused; mask: the word is replaced by asterisks; hold: the message waits for review; shadow: only the sender sees the message',
});
const rooms = Type.Optional(Type.Array(roomRule, { minItems: 1, maxItems: 64, description: 'Exact names or `prefix*`; absent: every room' }));
const pinyin = Type.Optional(
  Type.Boolean({ description: 'Also find Chinese words written in pinyin without tones (`minganci`, `min gan ci`); absent: false' }),
);

export const wordListRequest = Type.Object(
  {
    action,
    words: Type.Array(Type.String({ minLength: 1, maxLength: limits.word }), {
      maxItems: limits.words,
      description: 'Matched regardless of character width, case, single letters with blanks between, zero-width characters, and traditional or simplified form',
    }),
    rooms,
    pinyin,
  },
  { ...strict, title: 'WordListRequest' },
);
export const wordListReply = Type.Object({ name: Type.String(), action, words: Type.Array(Type.String()), rooms, pinyin }, { title: 'WordList' });
export const wordListSummary = Type.Object(
  { name: Type.String(), action, count: Type.Integer({ description: 'Number of words' }), rooms, pinyin },
  { title: 'WordListSummary' },
);
export const wordListsReply = Type.Object({ lists: Type.Array(wordListSummary, { description: 'Sorted by name' }) }, { title: 'WordLists' });

export type WordListRequest = Static<typeof wordListRequest>;
export type WordListSummary = Static<typeof wordListSummary>;
