// Parsing of JSON bodies: values that are accepted, and bodies that are refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@danmux/runtime';
import { parseJsonBody, parseJsonData } from '../../src/http/json-body.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));
const refuses = (body: Buffer, message: RegExp) => assert.throws(() => parseJsonBody(body), { code: 'invalid_json', message });
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('JSON is parsed unchanged', () => {
  assert.deepEqual(parse('{"a":[1,"弹幕",null],"b":{"constructor":1}}'), { a: [1, '弹幕', null], b: { constructor: 1 } });
  assert.equal(parse('5'), 5);
});

test('32 levels are accepted, 33 and ten thousand are refused; brackets in strings do not count', () => {
  assert.ok(parse(nested(32)));
  refuses(Buffer.from(nested(33)), /deeper than 32/);
  refuses(Buffer.from(nested(10_000)), /deeper than 32/);
  refuses(Buffer.from('{"a":'.repeat(40)), /deeper than 32/);
  assert.equal(parse(`"${'['.repeat(100)}\\"${'{'.repeat(100)}"`), `${'['.repeat(100)}"${'{'.repeat(100)}`);
});

test('the error of invalid JSON names the position', () => {
  for (const text of ['', ' ', '{', '[1] 2', "{'a':1}", 'undefined']) refuses(Buffer.from(text), /not valid JSON: ./);
});

test('a body in another encoding is refused, not stored as replacement characters', () => {
  refuses(Buffer.concat([Buffer.from('{"data":"'), Buffer.from([0xc4, 0xe3]), Buffer.from('"}')]), /not UTF-8/);
});

test('a byte order mark before JSON is refused by name; inside a string it is text', () => {
  for (const text of ['\ufeff{}', '\ufeff', '\ufeff\ufeff[]']) refuses(Buffer.from(text), /byte order mark \(U\+FEFF\)/);
  assert.deepEqual(parse('{"a":"\ufeffb"}'), { a: '\ufeffb' });
});

test('__proto__ is refused in every spelling', () => {
  refuses(Buffer.from('{"a":{"__proto__":{"admin":true}}}'), /__proto__/);
  refuses(Buffer.from('{"\\u005f_proto__":1}'), /__proto__/);
  assert.deepEqual(parse('{"a":"__proto__"}'), { a: '__proto__' });
});

test('numbers keep their digits in bodies and in JSON strings; a lone surrogate becomes U+FFFD', () => {
  assert.equal(toJson(parse('{"delay_ms":5.0,"data":{"n":1.0,"order":9007199254740993}}')), '{"delay_ms":5,"data":{"n":1.0,"order":9007199254740993}}');
  assert.equal(toJson(parseJsonData('{"n":1.0}')), '{"n":1.0}');
  assert.deepEqual(parse('{"a\\ud83d":"\\ude00"}'), { 'a\ufffd': '\ufffd' });
});

test('a number out of the range of a double and a field name that PHP cannot decode are refused', () => {
  assert.throws(() => parse('{"data":{"a":[0,1e400]}}'), { code: 'invalid_request', message: /body\.data\.a\.1 is 1e400/ });
  refuses(Buffer.from('{"data":{"\\u0000a":1}}'), /U\+0000/);
  assert.deepEqual(parse('{"a":"\\u0000"}'), { a: '\0' });
});
