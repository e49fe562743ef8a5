// Closings by real edges: after each the client reconnects or stays away as the table of closings says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClosingReason, closings, type Notice } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually } from '@danmux/testkit/unit';
import { EndingNotice } from '../../src/client/ending-notice.ts';
import { type ClientState, createClient } from '../../src/index.ts';

type Cause = (fixture: EdgeFixture, clock: { aheadMs: number }) => unknown;

const sanctioned =
  (kind: 'ban' | 'kick'): Cause =>
  ({ bus }) =>
    bus.records.set('everywhere', new Map([[`${kind}:ann`, { value: JSON.stringify({ by: 'mods', at: Date.now() }) }]]));

/** The watch key of the viewer's token, as the api stores it. */
const digest = 'ab'.repeat(32);
const watchKey = JSON.stringify({ scopes: ['watch'], rooms: [room], created_at: 1, secrets: [{ hash: digest }] });

/** The cause of each closing. `slow` is missing: it closes the WebSocket as `drain` does, and a client cannot tell them apart. */
const causes: Readonly<Record<Exclude<ClosingReason, 'slow'>, Cause>> = {
  drain: ({ edge }) => edge.drain(),
  kicked: sanctioned('kick'),
  banned: sanctioned('ban'),
  token_expired: (_, clock) => {
    clock.aheadMs = 3_600_000;
  },
  token_key_removed: ({ bus }) => bus.records.set('keys', new Map([['obs', null]])),
  disconnected: ({ edge }) => edge.disconnectUser('ann'),
};

for (const [reason, cause] of Object.entries(causes)) {
  const { reconnect } = closings[reason as ClosingReason];
  test(`after the closing ${reason} the client ${reconnect ? 'reconnects' : 'stays away'}`, async (t) => {
    const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
    const fixture = await startEdge(t, { 'edge.drain_ms': 50 }, undefined, clock);
    await fixture.bus.records.set('keys', new Map([['obs', { value: watchKey }]]));
    const client = createClient({ url: fixture.url, token: await fixture.token('ann', { watch_key: `obs.${digest.slice(0, 16)}` }) });
    closeAfter(t, () => client.close());
    const joined = client.join(room);
    await eventually(() => assert.equal(joined.joined, true, 'the room is joined'));
    const states: ClientState[] = [];
    const errors: string[] = [];
    client.on('state', (state) => states.push(state));
    client.on('error', ({ code }) => errors.push(code));
    void cause(fixture, clock);
    await eventually(() => assert.ok(states.length > 0, 'the connection was closed'));
    assert.equal(states[0], reconnect ? 'connecting' : 'closed');
    if (!reconnect) assert.deepEqual(errors, [reason]);
  });
}

const now = 1_700_000_000_000;
const refusalAfter = (...notices: Notice[]) => {
  const ending = new EndingNotice();
  for (const notice of notices) ending.note(notice);
  return ending.refusal(now);
};

test('only a notice about the whole connection decides, and its `until` is the time to wait', () => {
  const banned: Notice = { code: 'banned', message: 'x', until: now + 5_000 };
  assert.deepEqual(refusalAfter(banned), { code: 'banned', message: 'x', retry_after_ms: 5_000 });
  assert.deepEqual(refusalAfter({ code: 'token_expired', message: 'x' }), { code: 'token_expired', message: 'x' });
  assert.equal(refusalAfter(), undefined);
  assert.equal(refusalAfter({ ...banned, room: 'a' }), undefined, 'a ban from one room');
  assert.equal(refusalAfter({ code: 'muted', message: 'x' }), undefined, 'a notice that ends nothing');
  assert.equal(refusalAfter(banned, { code: 'kicked', message: 'x' }), undefined, 'the last one counts');
});
