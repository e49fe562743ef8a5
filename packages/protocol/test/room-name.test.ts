// Tests of room names: valid names, invalid names, and matching of room rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '../src/errors.ts';
import { limits } from '../src/limits.ts';
import { checkRoomName, isRoomName, roomMatches, roomNamePattern, roomRulePattern } from '../src/room-name.ts';

test('letters, digits and _ . : @ - are valid in a room name', () => {
  for (const name of ['a', '1', 'live:1001', 'Shop.7@eu-west_1', 'x'.repeat(limits.roomName)]) assert.equal(isRoomName(name), true, name);
});

test('other names and values are invalid', () => {
  const bad = ['', ':a', '-a', 'a b', 'a\n', 'a/b', 'a*', '房间', 'a\u0000', '{a}', 'x'.repeat(limits.roomName + 1), 7, null, undefined, ['a'], { a: 1 }];
  for (const name of bad) assert.equal(isRoomName(name), false, JSON.stringify(name));
});

test('checkRoomName returns the name or throws invalid_room', () => {
  assert.equal(checkRoomName('live:1'), 'live:1');
  assert.throws(
    () => checkRoomName('live 1'),
    (error) => error instanceof DanmuxError && error.code === 'invalid_room',
  );
});

test('the pattern works as a JSON schema pattern', () => {
  assert.match('live:1001', new RegExp(roomNamePattern, 'u'));
  assert.doesNotMatch('live 1001', new RegExp(roomNamePattern, 'u'));
});

test('the pattern of rules accepts a name, a prefix with a star, and a star alone', () => {
  for (const rule of ['live:1', 'live:*', 'l*', '*', 'x'.repeat(limits.roomName)]) assert.match(rule, new RegExp(roomRulePattern, 'u'));
  for (const rule of ['', 'l*ve', 'live:**', '**', ':*', '@me', 'a b', 'a\n', 'x'.repeat(limits.roomName + 1)])
    assert.doesNotMatch(rule, new RegExp(roomRulePattern, 'u'));
});

test('a rule is an exact name or a prefix that ends in a star', () => {
  assert.equal(roomMatches('live:1', ['live:1']), true);
  assert.equal(roomMatches('live:10', ['live:1']), false);
  assert.equal(roomMatches('live:10', ['vip:*', 'live:*']), true);
  assert.equal(roomMatches('live', ['live:*']), false);
  assert.equal(roomMatches('anything', ['*']), true);
  assert.equal(roomMatches('live:1', []), false);
});
