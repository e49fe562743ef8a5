// Simplified forms of traditional Chinese characters, one by one, from the tables of OpenCC: those of mainland China, and the variants of Taiwan and
// Hong Kong. It knows no phrases: the word filter compares characters.
/// <reference path="./opencc-dict.d.ts" />
import hongKong from 'opencc-js/dict/HKVariantsRev';
import traditional from 'opencc-js/dict/TSCharacters';
import taiwan from 'opencc-js/dict/TWVariantsRev';

/** The first form of several is the usual one; of two tables the first decides. */
function formsOf(...tables: readonly string[]): ReadonlyMap<string, string> {
  const rows = tables.flatMap((table) => table.split('|')).map((row) => row.split(' ') as [from: string, to: string]);
  return new Map(rows.reverse().map(([from, to]) => [from, to]));
}

const standard = formsOf(taiwan, hongKong);
const simple = formsOf(traditional);

/** The simplified form of a character; other text is returned unchanged. */
export function simplified(character: string): string {
  // A variant first becomes the standard traditional form: 裡 becomes 裏, and that 里. So 台, which is a variant of 臺, is itself in the end.
  const form = standard.get(character) ?? character;
  const simpler = simple.get(form) ?? form;
  // A few forms are traditional forms of another character: 薴 becomes 苧, and that 苎.
  return simple.get(simpler) ?? simpler;
}
