// SendRules: the obstacles to sending that a page can know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { SendRules } from '../../src/elements/send-rules.ts';

const user = (level = 0, ...roles: string[]) => ({ id: 'u', level, roles });
const open = () => {
  const rules = new SendRules();
  rules.user = user();
  return rules;
};

test('without modes and notices the only obstacle is a lost connection', () => {
  assert.deepEqual(open().verdict(0, 'online'), {});
  assert.deepEqual(open().verdict(0, 'connecting'), { obstacle: 'offline' });
  assert.deepEqual(open().verdict(0, 'closed'), { obstacle: 'closed' });
});

test('slow mode starts with the last message, and rate limits set the same wait', () => {
  const rules = open();
  rules.modes = { slow_ms: 5_000 };
  rules.sent(1_000);
  assert.deepEqual(rules.verdict(1_001, 'online'), { obstacle: 'pace', until: 6_000 });
  assert.deepEqual(rules.verdict(6_000, 'online'), {});
  rules.refused(new DanmuxError('rate_limited', { retryAfterMs: 2_000 }), 7_000);
  assert.deepEqual(rules.verdict(7_000, 'online'), { obstacle: 'pace', until: 9_000 });
});

test('room modes apply to everyone except exempt roles', () => {
  const rules = open();
  rules.modes = { mute_all: true, slow_ms: 5_000 };
  assert.equal(rules.verdict(0, 'online').obstacle, 'room_muted');
  rules.modes = { min_level: 10 };
  assert.deepEqual(rules.verdict(0, 'online'), { obstacle: 'level', level: 10 });
  rules.user = user(10);
  assert.deepEqual(rules.verdict(0, 'online'), {});
  rules.user = user(0, 'moderator');
  rules.modes = { mute_all: true, slow_ms: 5_000 };
  rules.sent(0);
  assert.deepEqual(rules.verdict(0, 'online'), {});
});

test('a mute ends in time or when lifted; a kicked or banned viewer is out until the next join', () => {
  const rules = open();
  rules.notice({ code: 'muted', message: '', until: 100 });
  assert.deepEqual(rules.verdict(99, 'online'), { obstacle: 'muted', until: 100 });
  assert.deepEqual(rules.verdict(100, 'online'), {});
  rules.notice({ code: 'muted', message: '' });
  assert.deepEqual(rules.verdict(9e15, 'online'), { obstacle: 'muted' });
  rules.notice({ code: 'unmuted', message: '' });
  rules.refused(new DanmuxError('muted', { retryAfterMs: 50 }), 100);
  assert.deepEqual(rules.verdict(149, 'online'), { obstacle: 'muted', until: 150 });
  rules.notice({ code: 'banned', message: '' });
  assert.deepEqual(rules.verdict(0, 'online'), { obstacle: 'out' });
  rules.entered();
  assert.deepEqual(rules.verdict(200, 'online'), {});
});

test('a guest cannot send', () => {
  const rules = new SendRules();
  rules.guest = true;
  assert.deepEqual(rules.verdict(0, 'online'), { obstacle: 'guest' });
});
