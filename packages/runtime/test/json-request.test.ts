// Tests of parsing received JSON: `data` keeps its digits, other fields become plain numbers, and undecodable values are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonNumber, toJson } from '../src/json.ts';
import { checkJson, parseRequest } from '../src/json-request.ts';

const refused = (value: unknown, message: RegExp) => assert.throws(() => checkJson(value, 'data'), { code: 'invalid_request', message });

test('data keeps the text of its numbers; elsewhere 5.0 becomes 5', () => {
  const text =
    '{"delay_ms":5000.0,"n":-0,"limit":1e2,"from":{"level":1.20,"order":9007199254740993},"data":{"price":1.0,"n":-0},"messages":[{"delay_ms":1.0,"data":1.0}]}';
  const expected =
    '{"delay_ms":5000,"n":0,"limit":100,"from":{"level":1.2,"order":9007199254740993},"data":{"price":1.0,"n":-0},"messages":[{"delay_ms":1,"data":1.0}]}';
  assert.equal(toJson(parseRequest(text)), expected);
});

test('outside data, a number that a double cannot represent fails a number schema', () => {
  for (const number of ['9007199254740993', '0.12345678901234567890', '1e400', '1e-400']) {
    const { n } = parseRequest(`{"n":${number}}`) as { n: unknown };
    assert.ok(n instanceof JsonNumber, number);
  }
});

test('lone surrogates in strings and field names are replaced', () => {
  assert.deepEqual(parseRequest('{"a\\ud83d":"\\ude00\\ud83d\\ude00"}'), { 'a\ufffd': '\ufffd😀' });
});

test('a number outside the range of a double is refused with its path', () => {
  refused(parseRequest('{"data":{"a":[1,{"b":1e400}]}}'), /^data\.data\.a\.1\.b is 1e400, which is beyond/);
  refused(parseRequest(`{"data":${'9'.repeat(400)}}`), /9…, which is beyond/);
  checkJson(parseRequest(`{"data":[1e308,1e-400,-0,${'9'.repeat(300)}]}`), 'data');
});

test('nesting that is too deep and unsupported field names are refused', () => {
  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;
  checkJson(nested(32), 'data');
  refused(nested(33), /nests deeper than 32/);
  refused(nested(5_000), /nests deeper than 32/);
  refused(JSON.parse('{"a":{"__proto__":1}}'), /data\.a has a field named __proto__/);
  refused({ '\0a': 1 }, /begins with U\+0000/);
});
