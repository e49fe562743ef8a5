import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoldedText } from '../../../src/moderation/filter/folded-text.ts';
import { Masking } from '../../../src/moderation/filter/masking.ts';

/** Hides the folded units from `first` to `last`. */
function hidden(text: string, ...places: (readonly [first: number, last: number])[]): string {
  const folded = new FoldedText('letters');
  folded.read(text);
  const masking = new Masking(text);
  for (const [first, last] of places) masking.hide({ folded, first, last });
  return masking.masked();
}

test('letters are hidden, and what stands between them stays', () => {
  assert.equal(hidden('a-b c!', [0, 1]), '*-* c!');
  assert.equal(hidden('敏 感\u200b词 好', [0, 2]), '* *\u200b* 好');
});

test('ranges may come in any order, repeated and overlapping', () => {
  assert.equal(hidden('abcdef', [3, 4], [0, 1], [4, 5], [0, 1]), '**c***');
  assert.equal(hidden('abc'), 'abc');
});

test('a character goes with its marks and is one star', () => {
  assert.equal(hidden('xe\u0301\u0336y', [1, 1]), 'x*y');
  assert.equal(hidden('a\ufe0f\u20e3b', [0, 0]), '*b');
  assert.equal(hidden('ﬁn', [0, 1]), '*n');
  assert.equal(hidden('𝐀𝐁', [0, 0]), '*𝐁');
  assert.equal(hidden('가나', [0, 1]), '*나');
  assert.equal(hidden('\u1100\u1161나', [0, 1]), '*나');
  assert.equal(hidden('กิน', [0, 2]), '**');
});
