// Which messages have the same digest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '@danmux/runtime';
import { contentDigest } from '../../src/message/content-digest.ts';

const gift = { type: 'gift', data: { gift: 'rocket', count: 1 }, from: { id: 'u1', name: 'Ann' } };

test('type, data and the id of the sender count', () => {
  for (const other of [
    { ...gift, type: 'superchat' },
    { ...gift, data: { gift: 'rocket', count: 2 } },
    { ...gift, data: { gift: 'rocket' } },
    { ...gift, from: { id: 'u2', name: 'Ann' } },
    { type: gift.type, data: gift.data },
  ])
    assert.notEqual(contentDigest(other), contentDigest(gift), JSON.stringify(other));
});

test('the order of fields and the profile of the sender do not count', () => {
  assert.equal(contentDigest({ ...gift, data: { count: 1, gift: 'rocket' } }), contentDigest(gift));
  assert.equal(contentDigest({ ...gift, from: { id: 'u1', name: 'Anna', avatar: 'https://cdn.example/1?signed=2', level: 3 } }), contentDigest(gift));
  const nested = (text: string) => contentDigest({ type: 'gift', data: parseJson(text) });
  assert.equal(nested('{"a":[{"x":1,"y":{"p":1,"q":2}}]}'), nested('{ "a": [ {"y": {"q": 2, "p": 1}, "x": 1} ] }'));
  assert.notEqual(nested('[1,2]'), nested('[2,1]'), 'the order of a list counts');
});

test('digits that a double cannot hold count', () => {
  const of = (text: string) => contentDigest({ type: 'gift', data: parseJson(text) });
  assert.notEqual(of('{"order":90071992547409931}'), of('{"order":90071992547409932}'));
});

test('the digest of a message never changes between versions', () => {
  assert.match(contentDigest(gift), /^[A-Za-z0-9_-]{11}$/);
  assert.equal(contentDigest({ type: 'gift', data: null }), contentDigest({ type: 'gift', data: undefined }));
});
