import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hookAnswerOf } from '../../src/screen/hook-answer.ts';

test('answers of the documented form are taken as they are', () => {
  for (const answer of [{ action: 'pass' }, { action: 'mask', data: null }, { action: 'block', message: 'no' }, { action: 'shadow', data: [1], other: {} }])
    assert.deepEqual(hookAnswerOf(JSON.stringify(answer)), answer);
});

test('anything else says why it is none', () => {
  assert.throws(() => hookAnswerOf(''), SyntaxError);
  assert.throws(() => hookAnswerOf('{"action":"mask"}'), /mask without data/);
  assert.throws(() => hookAnswerOf(JSON.stringify({ action: 'mask', data: '好'.repeat(1_800) })), /more than 5120 bytes/);
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
