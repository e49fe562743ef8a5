import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FoldedText, type FoldMode } from '../../../src/moderation/filter/folded-text.ts';
import { digit, latin } from '../../../src/moderation/filter/folding.ts';

function read(text: string, mode: FoldMode = 'letters') {
  const folded = new FoldedText(mode);
  folded.read(text);
  return { folded, units: String.fromCodePoint(...folded.units.subarray(0, folded.length)), sources: [...folded.sources.subarray(0, folded.length)] };
}

describe('what a text folds to', () => {
  for (const [text, units] of [
    ['ＡｂC', 'abc'],
    ['Straße ﬁ ㎏', 'strassefikg'],
    ['敏 感-词', '敏感词'],
    ['e\u0301é', 'ee'],
    ['ｶﾞが', 'カか'],
    ['①²３', '123'],
    ['𝐀𠮷\u{2f800}', 'a𠮷丽'],
    ['a\u200b\u202e\u00ad\u3164\ufe0f\u{e0061}b', 'ab'],
    ['ΣΑΣ σας', 'σασσασ'],
    ['กิน ก\u0301น', 'กินกน'],
    ['敏\u0e47感\u0e34', '敏感'],
    ['한글', '한글'.normalize('NFD')],
    ['!?…👍 \t\n\u0000', ''],
    ['\ud800a\udc00', 'a'],
  ] as const)
    test(JSON.stringify(text), () => assert.equal(read(text).units, units));
});

test('where all that is visible counts, blanks and what cannot be seen do not', () => {
  assert.equal(read('＋V 我', 'visible').units, '+v我');
  assert.equal(read('❤\ufe0f 👍🏽\u200b!', 'visible').units, '❤👍🏽!');
});

test('every unit knows its character, also when one becomes several and when one is of two halves', () => {
  assert.deepEqual(read('aﬁ𝐁c').sources, [0, 1, 1, 2, 4]);
  const long = read('\ufdfa'.repeat(500));
  assert.ok(long.folded.length > 500 * 10, `${long.folded.length} units of 500 characters`);
  assert.equal(long.sources.at(-1), 499);
});

test('a text is read whole after a longer one', () => {
  const folded = new FoldedText('letters');
  folded.read('x'.repeat(5_000));
  folded.read('ab');
  assert.deepEqual([folded.length, [...folded.units.subarray(0, 2)]], [2, [0x61, 0x62]]);
});

test('words begin and end where no letter of the same kind stands, seen or not', () => {
  const begins = (text: string, kind = latin) => read(text).folded.beginsWord(text.length - 1, kind);
  assert.deepEqual(
    ['a', ' a', '你a', '1a', "'a", " 'a", '.\u200ba'].map((text) => begins(text)),
    [true, true, true, true, true, true, true],
  );
  assert.deepEqual(
    ['xa', 'ｘa', 'x\u200ba', 'x\u0301a', "x'a", 'x’a', 'ﬁa', '𝐗a'].map((text) => begins(text)),
    Array(8).fill(false),
  );
  assert.deepEqual(
    ['12', '①2'].map((text) => begins(text, digit)),
    [false, false],
  );
  assert.deepEqual(
    ["1'2", 'a2'].map((text) => begins(text, digit)),
    [true, true],
  );
  const ends = (text: string) => read(text).folded.endsWord(0, latin);
  assert.deepEqual(['a', 'a.', "a's", 'a1', 'a你', 'a\u200b'].map(ends), Array(6).fill(true));
  assert.deepEqual(['ab', 'aＢ', 'a\u200bb', 'a\u0301b'].map(ends), Array(4).fill(false));
});
