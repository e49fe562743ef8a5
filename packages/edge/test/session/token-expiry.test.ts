// Tests of token expiry: a session with an expired token gets a notice and is disconnected, after the grace period and not before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import type { Session } from '../../src/session/session.ts';
import { TokenExpiry } from '../../src/session/token-expiry.ts';

function session(expiresAt: number | undefined, ended: string[], id: string): Session {
  return {
    viewer: { expiresAt },
    emit: (_event: string, { code }: { code: string }) => ended.push(`${id} told ${code}`),
    disconnect: () => ended.push(`${id} cut off`),
  } as unknown as Session;
}

test('a session ends when its token is past its expiry and the leeway, and no other does', () => {
  const ended: string[] = [];
  const sessions = new Set([
    session(1_000, ended, 'old'),
    session(95_000, ended, 'in grace'),
    session(200_000, ended, 'good'),
    session(undefined, ended, 'guest'),
  ]);
  new TokenExpiry({ clock: { now: () => 100_000 }, config: { viewer: { token_leeway_s: 10 } } } as Runtime, sessions).check();
  assert.deepEqual(ended, ['old told token_expired', 'old cut off']);
});
