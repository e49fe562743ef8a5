// A list comes out of the record as it went in, whole or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordField } from '@danmux/bus';
import type { WordList } from '@danmux/protocol';
import { decodeWordLists, encodeWordList, listOfField, removedWordList } from '../src/word-lists.ts';

type Fields = Map<string, RecordField>;

function write(fields: Fields, changes: ReadonlyMap<string, RecordField | null>): void {
  for (const [name, field] of changes) {
    if (field) fields.set(name, field);
    else fields.delete(name);
  }
}

const put = (fields: Fields, name: string, list: WordList, revision: string) => write(fields, encodeWordList(name, list, revision, fields.keys()));
const words = (count: number, sign = '词') => Array.from({ length: count }, (_, index) => `${sign.repeat(58)}${index}`);

test('a small list is one field with its rooms and its action', () => {
  const fields: Fields = new Map();
  const list: WordList = { action: 'mask', words: ['坏', 'bad "word"'], rooms: ['live:*'] };
  put(fields, 'ads', list, 'r1');
  assert.deepEqual([...fields.keys()], ['ads']);
  assert.deepEqual(decodeWordLists(fields), new Map([['ads', list]]));
});

test('the largest list is cut into fields of less than 64 KiB and comes out in order', () => {
  const fields: Fields = new Map();
  const list: WordList = { action: 'block', words: words(20_000) };
  put(fields, 'all', list, 'r1');
  assert.ok(fields.size > 50, `${fields.size} parts`);
  for (const { value } of fields.values()) assert.ok(Buffer.byteLength(value) <= 65_536, `${Buffer.byteLength(value)} bytes`);
  assert.deepEqual(decodeWordLists(fields), new Map([['all', list]]));
});

test('a shorter list leaves no part of the longer one, and nothing of others goes', () => {
  const fields: Fields = new Map();
  put(fields, 'a', { action: 'block', words: words(2_000) }, 'r1');
  put(fields, 'ab', { action: 'hold', words: words(2_000) }, 'r1');
  put(fields, 'a', { action: 'block', words: ['x'] }, 'r2');
  assert.deepEqual(
    [...fields.keys()].filter((field) => listOfField(field) === 'a'),
    ['a'],
  );
  assert.equal(decodeWordLists(fields).get('ab')?.words.length, 2_000);
  write(fields, removedWordList('ab', fields.keys()));
  assert.deepEqual([...fields.keys()], ['a']);
  assert.equal(removedWordList('ab', fields.keys()).size, 0);
});

test('parts of two revisions, a missing part and an invalid list are null, never a mix', () => {
  const fields: Fields = new Map();
  put(fields, 'a', { action: 'block', words: words(2_000) }, 'r1');
  const whole = new Map(fields);
  const second = encodeWordList('a', { action: 'block', words: words(2_000, '新') }, 'r2', fields.keys());
  for (const name of fields.keys()) {
    const mixed = new Map(whole);
    write(mixed, new Map([[name, second.get(name) ?? null]]));
    assert.equal(decodeWordLists(mixed).get('a'), null, name);
    const missing = new Map(whole);
    missing.delete(name);
    assert.ok(!decodeWordLists(missing).get('a'), `${name} is missing`);
  }
  for (const value of ['', '{', '5', 'null', '{"words":["x"]}']) assert.equal(decodeWordLists(new Map([['a', { value }]])).get('a'), null, value);
});
