// The canonical string of signed requests and its verification.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { canonicalString, isSignedWith, type SignedParts, sign } from '../../src/auth/signature.ts';

const parts: SignedParts = {
  method: 'POST',
  target: '/v1/rooms/live%3A1/messages?a=1&b=%20',
  timestamp: '1767225600',
  nonce: 'abcdefgh',
  body: Buffer.from('{"type":"gift"}'),
};
const first = 'first-secret-0123456789-0123456789';
const second = 'second-secret-0123456789-0123456789';

test('the canonical string has five lines: method, target as sent, timestamp, nonce, body hash', () => {
  const bodyHash = createHash('sha256').update('{"type":"gift"}').digest('hex');
  const expected = `POST\n/v1/rooms/live%3A1/messages?a=1&b=%20\n1767225600\nabcdefgh\n${bodyHash}`;
  assert.equal(canonicalString(parts), expected);
  assert.equal(sign(first, parts), createHmac('sha256', first).update(expected).digest('hex'));
});

test('an empty body has the hash of no bytes', () => {
  assert.match(canonicalString({ ...parts, body: Buffer.alloc(0) }), /\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/);
});

test('one matching secret is enough; without secrets no signature is valid', () => {
  const signature = sign(second, parts);
  assert.ok(isSignedWith([first, second], parts, signature), 'the second');
  assert.ok(isSignedWith([second, first], parts, signature), 'the first');
  assert.ok(!isSignedWith([first], parts, signature), 'another');
  assert.ok(!isSignedWith([], parts, signature), 'none');
  assert.ok(!isSignedWith([], parts, sign('no such secret', parts)), 'what stands in for a secret is none');
});

test('a change of any part makes the signature invalid', () => {
  const signature = sign(first, parts);
  for (const change of [
    { method: 'PUT' },
    { target: '/v1/rooms/live:1/messages?a=1&b=%20' },
    { timestamp: '1767225601' },
    { nonce: 'abcdefgi' },
    { body: Buffer.from('{"type": "gift"}') },
  ])
    assert.ok(!isSignedWith([first], { ...parts, ...change }, signature), JSON.stringify(change));
});
