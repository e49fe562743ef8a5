// Tests that digits and characters of JSON survive a round trip, and that lone surrogates are replaced.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonNumber, parseJson, toJson, wellFormedJson, written } from '../src/json.ts';

const same = (text: string) => assert.equal(toJson(parseJson(text)), text);

test('numbers keep their text: long, with an exponent, with zeros, minus zero', () => {
  for (const number of [
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '1E2',
    '1.0',
    '0.10',
    '-0',
    '0.1234567890123456789012345678',
    '1e-400',
    '9'.repeat(308),
  ]) {
    same(number);
    same(`{"order":${number},"list":[${number},7,${number}],"":{"a":${number}}}`);
  }
});

test('a number that a double writes identically stays a plain number', () => {
  assert.deepEqual(parseJson('[1,-1,0.5,1e+21,123456789012345]'), [1, -1, 0.5, 1e21, 123456789012345]);
});

test('whitespace is dropped, and text in strings that looks like a number is unchanged', () => {
  assert.equal(toJson(parseJson(' { "a" : 1.0 ,\n\t"b" : [ -0 , "x: 1.0, \\"9007199254740993" ] } ')), '{"a":1.0,"b":[-0,"x: 1.0, \\"9007199254740993"]}');
});

test('invalid JSON throws the error of JSON.parse', () => {
  for (const text of ['01', '1.', '.5', '1e', '+1', '{1.0:2}', '[1.0 2.0]', '"\\u12"', '-', '{"a":1.0', '1.5.2', 'NaN'])
    assert.throws(() => parseJson(text), SyntaxError, text);
});

test('with more than the maximum of kept numbers the result is that of JSON.parse', () => {
  assert.equal(toJson(parseJson('[1.0,-0,2]', { most: 2 })), '[1.0,-0,2]');
  assert.deepEqual(parseJson('[1.0,-0,2]', { most: 1 }), [1, -0, 2]);
});

test('an own __proto__ field stays a field', () => same('{"__proto__":1.0,"a":{"__proto__":{"b":-0}}}'));

test('toJson writes the digits of a constructed JsonNumber, and JSON.stringify writes a plain number', () => {
  const big = new JsonNumber('9007199254740993');
  assert.equal(toJson({ big }), '{"big":9007199254740993}');
  assert.equal(JSON.stringify({ big }), '{"big":9007199254740992}');
  assert.equal(Number(big) > 9e15, true);
});

test('a lone surrogate becomes U+FFFD; complete pairs and escaped backslashes are unchanged', () => {
  assert.equal(wellFormedJson('"x\\ud83d"'), '"x\\ufffd"');
  assert.equal(wellFormedJson('{"\\uDE00":"\\uD83D\\uDE00\\ude00\\\\ud83d"}'), '{"\\ufffd":"\\uD83D\\uDE00\\ufffd\\\\ud83d"}');
  assert.equal(toJson({ '\ud83d': ['\ude00x', '😀', '\\ud83d'] }), '{"\ufffd":["\ufffdx","😀","\\\\ud83d"]}'.replaceAll('\ufffd', '\\ufffd'));
});

test('written gives the output of a foreign encoder the same form', () => {
  assert.deepEqual(
    written(() => [`2${JSON.stringify(['a', new JsonNumber('1.0'), '\ud83d'])}`, Buffer.from('x')]),
    ['2["a",1.0,"\\ufffd"]', Buffer.from('x')],
  );
});

test('random JSON texts keep their digits and have the values of JSON.parse', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,40})(\.\d{1,40})?([eE][+-]?\d{1,3})?$/);
  const name = fc.string({ unit: 'binary', maxLength: 5 }).map((text) => JSON.stringify(`k${text}`));
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      digits,
      fc.string({ unit: 'binary' }).map((text) => JSON.stringify(Buffer.from(text).toString())),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items}]`),
      fc
        .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([key]) => JSON.parse(key) as string })
        .map((rows) => `{${rows.map(([key, item]) => `${key}:${item}`)}}`),
    ),
  }));
  fc.assert(
    fc.property(value, (text) => {
      const sound = wellFormedJson(text);
      assert.deepEqual(JSON.parse(toJson(parseJson(sound))), JSON.parse(sound));
      const digitsOf = (json: string) => json.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs)?.filter((token) => !token.startsWith('"'));
      assert.deepEqual(digitsOf(toJson(parseJson(sound))), digitsOf(sound));
    }),
    { numRuns: 300 },
  );
});
