// Tests of the effect of a decision on viewers in a room; moderated-edge.test.ts tests the rest through an edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleChange } from '@danmux/policy';
import type { DanmuxError, Notice } from '@danmux/protocol';
import { Enforcement } from '../../src/moderation/enforcement.ts';
import { fakeSession } from '../fake-session.ts';

function scene() {
  const log: string[] = [];
  const notices: Notice[] = [];
  const session = (name: string, ...rooms: string[]) =>
    fakeSession(
      {
        emit: (_event: string, notice: Notice) => {
          log.push(`${name} ${notice.code}`);
          notices.push(notice);
        },
        disconnect: (reason: string) => log.push(`${name} disconnected ${reason}`),
      },
      ...rooms,
    );
  const sessions = [session('inside', 'a', 'b'), session('elsewhere', 'b')];
  const expel = (one: unknown, room: string, why: DanmuxError) =>
    void log.push(`${one === sessions[0] ? 'inside' : 'elsewhere'} leaves ${room}: ${why.code} ${why.retryAfterMs ?? ''}`.trim());
  const enforcement = new Enforcement({ now: () => 1_000 }, { sessions: { of: (user) => (user === 'ann' ? sessions : []) }, rooms: { expel } });
  const decide = (change: Partial<RuleChange>) => {
    log.length = 0;
    notices.length = 0;
    enforcement.apply({ room: 'a', kind: 'mute', user: 'ann', sanction: { by: 'key', at: 1 }, ...change });
    return log;
  };
  return { decide, notices };
}

test('in a room it concerns those in the room, everywhere all of the user’s', () => {
  const { decide, notices } = scene();
  assert.deepEqual(decide({}), ['inside muted']);
  assert.deepEqual(decide({ room: null }), ['inside muted', 'elsewhere muted']);
  assert.deepEqual(decide({ user: 'bob' }), []);
  assert.deepEqual(decide({ kind: 'ban', sanction: { by: 'key', at: 1, until: 3_000 } }), ['inside banned', 'inside leaves a: banned 2000']);
  assert.deepEqual(notices[0], { code: 'banned', room: 'a', message: 'You are banned.', until: 3_000 });
  assert.deepEqual(decide({ kind: 'kick', sanction: { by: 'key', at: 1, until: 3_000, reason: 'spam' } }), ['inside kicked', 'inside leaves a: not_joined']);
  assert.deepEqual(notices[0], { code: 'kicked', room: 'a', message: 'You were taken out: spam.' }, 'how long a kick is kept means nothing to the viewer');
  assert.deepEqual(decide({ kind: 'ban', room: null }), ['inside banned', 'inside disconnected banned', 'elsewhere banned', 'elsewhere disconnected banned']);
});

test('a lifted mute is announced to the user in the room, a lifted ban also outside, a kick never', () => {
  const { decide } = scene();
  assert.deepEqual(decide({ sanction: null }), ['inside unmuted']);
  assert.deepEqual(decide({ kind: 'ban', sanction: null }), ['inside unbanned', 'elsewhere unbanned']);
  assert.deepEqual(decide({ kind: 'kick', sanction: null }), []);
});
