import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Automaton } from '../../../src/moderation/filter/automaton.ts';

const unitsOf = (text: string) => Int32Array.from([...text], (character) => character.codePointAt(0) ?? 0);

function built(words: readonly string[]): Automaton {
  const work = Automaton.build(words.map(unitsOf));
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function found(words: readonly string[], text: string): string[] {
  const places: string[] = [];
  const units = unitsOf(text);
  built(words).search(units, units.length, (word, end) => places.push(`${end}:${words[word]}`) < 0);
  return places;
}

test('every occurrence of every word is reported, in the order of their ends, the longest first', () => {
  assert.deepEqual(found(['he', 'she', 'his', 'hers'], 'ushers his'), ['3:she', '3:he', '5:hers', '9:his']);
  assert.deepEqual(found(['a', 'aa', 'aaa'], 'aaa'), ['0:a', '1:aa', '1:a', '2:aaa', '2:aa', '2:a']);
  assert.deepEqual(found(['𠮷野', '野'], '𠮷野家'), ['1:𠮷野', '1:野']);
});

test('the search ends when its callback says so', () => {
  const ends: number[] = [];
  built(['a']).search(unitsOf('aaaa'), 4, (_, end) => ends.push(end) === 2);
  assert.deepEqual(ends, [0, 1]);
});

test('it finds what a search by hand finds', () => {
  const text = (minLength: number, maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength, maxLength });
  fc.assert(
    fc.property(fc.uniqueArray(text(1, 6), { minLength: 1, maxLength: 20 }), text(0, 60), (words, where) => {
      const expected: string[] = [];
      for (let end = 0; end < where.length; end++) for (const word of words) if (where.slice(0, end + 1).endsWith(word)) expected.push(`${end}:${word}`);
      assert.deepEqual(found(words, where).sort(), expected.sort());
    }),
  );
});

test('many words are built in many steps', () => {
  const work = Automaton.build(Array.from({ length: 5_000 }, (_, at) => unitsOf(`word ${at}`)));
  let steps = 0;
  while (!work.next().done) steps++;
  assert.ok(steps > 10, `${steps} steps`);
});
