// Converts traditional Chinese characters to simplified ones with the tables of OpenCC for mainland China and for the variants of Taiwan and Hong
// Kong. It converts single characters and no phrases, because the word filter compares characters.
/// <reference path="./opencc-dict.d.ts" />
import hongKong from 'opencc-js/dict/HKVariantsRev';
import traditional from 'opencc-js/dict/TSCharacters';
import taiwan from 'opencc-js/dict/TWVariantsRev';

/** Merges tables into one map. Uses the first form in a row, which is the usual one, and the first table that has the character. */
function formsOf(...tables: readonly string[]): ReadonlyMap<string, string> {
  const rows = tables.flatMap((table) => table.split('|')).map((row) => row.split(' ') as [from: string, to: string]);
  return new Map(rows.reverse().map(([from, to]) => [from, to]));
}

const standard = formsOf(taiwan, hongKong);
const simple = formsOf(traditional);

/** The simplified form of a character; other text is returned unchanged. */
export function simplified(character: string): string {
  // A regional variant first becomes the standard traditional form and then the simplified form: 裡 → 裏 → 里. 台 does not change, because it is a
  // variant of 臺, whose simplified form is 台.
  const form = standard.get(character) ?? character;
  const simpler = simple.get(form) ?? form;
  // A few simplified forms are traditional forms of other characters and are converted a second time: 薴 → 苧 → 苎.
  return simple.get(simpler) ?? simpler;
}
