import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson, toJson } from '@danmux/runtime';
import fc from 'fast-check';
import { eachString, withStrings } from '../../../src/moderation/filter/json-strings.ts';

function stringsOf(value: unknown): string[] {
  const found: string[] = [];
  eachString(value, (text) => found.push(text) < 0);
  return found.sort();
}

test('every string that is no key is visited, until the visitor stops', () => {
  assert.deepEqual(stringsOf({ a: 'x', b: [1, null, 'y', { x: 'z' }], c: 'x' }), ['x', 'x', 'y', 'z']);
  assert.deepEqual(stringsOf('x'), ['x']);
  assert.deepEqual(stringsOf(7), []);
  let told = 0;
  eachString(['a', 'b', 'c'], () => ++told === 2);
  assert.equal(told, 2);
});

test('a copy has the other strings and is else the same, and the value is as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const before = JSON.stringify(value);
      const replaced = new Map(stringsOf(value).map((text) => [text, `<${text}>`]));
      const copy = withStrings(value, replaced);
      const back = new Map([...replaced].map(([text, other]) => [other, text]));
      assert.deepEqual(stringsOf(copy), [...stringsOf(value).map((text) => `<${text}>`)].sort());
      assert.equal(JSON.stringify(withStrings(copy, back)), before);
      assert.equal(JSON.stringify(value), before);
    }),
  );
});

test('a number that keeps its text is no container of strings, and stays in the copy', () => {
  const value = parseJson('{"a":[1.0,"word"],"b":9007199254740993}');
  const seen: string[] = [];
  eachString(value, (text) => seen.push(text) > 9);
  assert.deepEqual(seen, ['word']);
  assert.equal(
    toJson(
      withStrings(
        value,
        new Map([
          ['word', '****'],
          ['1.0', 'x'],
        ]),
      ),
    ),
    '{"a":[1.0,"****"],"b":9007199254740993}',
  );
});
