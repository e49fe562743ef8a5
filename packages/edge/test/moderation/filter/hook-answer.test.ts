import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@danmux/runtime';
import fc from 'fast-check';
import { hookAnswerOf } from '../../../src/moderation/filter/hook-answer.ts';

test('answers of the documented form are taken as they are', () => {
  for (const answer of [{ action: 'pass' }, { action: 'mask', data: null }, { action: 'block', message: 'no' }, { action: 'shadow', data: [1], other: {} }])
    assert.deepEqual(hookAnswerOf(JSON.stringify(answer)), answer);
});

test('anything else says why it is none', () => {
  assert.throws(() => hookAnswerOf(''), SyntaxError);
  assert.throws(() => hookAnswerOf('{"action":"mask"}'), /action "mask" needs the field "data"/);
  assert.throws(() => hookAnswerOf(JSON.stringify({ action: 'mask', data: '好'.repeat(1_800) })), /data exceeds 5120 bytes/);
  for (const text of [
    'null',
    '[]',
    '{}',
    '"pass"',
    '{"action":"PASS"}',
    '{"action":null}',
    '{"action":"block","message":{}}',
    `{"action":"block","message":"${'x'.repeat(501)}"}`,
  ])
    assert.throws(() => hookAnswerOf(text), /documented form/, text);
});

test('no JSON is taken for an answer that is none', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.throws(() => hookAnswerOf(JSON.stringify(value)), Error);
    }),
  );
});

test('its data keeps its digits, is well-formed, and must be readable by everybody', () => {
  const { data } = hookAnswerOf('{"action":"mask","data":{"order":9007199254740993,"price":1.0,"half":"\\ud83d"}}');
  assert.equal(toJson(data), '{"order":9007199254740993,"price":1.0,"half":"\ufffd"}');
  assert.throws(() => hookAnswerOf('{"action":"mask","data":[1e400]}'), /answer\.data\.0 is 1e400/);
  assert.throws(() => hookAnswerOf(`{"action":"mask","data":${'['.repeat(40)}${']'.repeat(40)}}`), /deeper than 32/);
});
