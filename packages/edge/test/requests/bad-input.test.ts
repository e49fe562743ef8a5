// Invalid requests through a real edge: each gets its documented code, and the connection stays usable.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

test('each gets its documented code and names the field', async () => {
  const ann = await fixture.enter('ann');
  const cases: [string, unknown[], string, RegExp?][] = [
    ['dance', [{}], 'unknown_event', /dance/],
    ['join', [], 'invalid_request', /payload/],
    ['join', ['live:1'], 'invalid_request'],
    ['join', [{}], 'invalid_request', /room/],
    ['join', [{ room: 5 }], 'invalid_request', /room/],
    ['join', [{ room, extra: 1 }], 'invalid_request', /extra|additional/],
    ['join', [{ room, positions: { gift: { epoch: 'e' } } }], 'invalid_request', /positions/],
    ['join', [{ room, history: -1 }], 'invalid_request', /history/],
    ['join', [{ room: '' }], 'invalid_room'],
    ['join', [{ room: '直播间' }], 'invalid_room'],
    ['join', [{ room: '../x' }], 'invalid_room'],
    ['join', [{ room: 'x'.repeat(129) }], 'invalid_room'],
    ['send', [{ room, type: 'chat', data: 1 }], 'invalid_request', /cid/],
    ['send', [{ room, type: 'nope', data: 1, cid: 'c' }], 'unknown_type', /nope/],
    ['send', [{ room, type: 'gift', data: 1, cid: 'c' }], 'type_forbidden'],
    ['send', [{ room, type: '__proto__', data: 1, cid: 'c' }], 'unknown_type'],
    ['send', [{ room: 'elsewhere', type: 'chat', data: 1, cid: 'c' }], 'not_joined'],
    ['send', [{ room, type: 'chat', data: 'x'.repeat(6_000), cid: 'c' }], 'too_large', /5120/],
    ['members', [{ room: 'elsewhere' }], 'not_joined'],
    ['members', [{ room, cursor: 'made-up' }], 'invalid_request', /cursor/],
    ['members', [{ room, limit: 101 }], 'invalid_request', /limit/],
    ['history', [{ room: 'elsewhere' }], 'not_joined'],
    ['history', [{ room, lane: 'ambient' }], 'invalid_request', /lane/],
  ];
  for (const [event, args, code, message] of cases) {
    const reply = await ann.ask(event, ...args);
    assert.equal(reply.ok ? 'ok' : reply.error.code, code, `${event} ${JSON.stringify(args).slice(0, 100)}`);
    if (message && !reply.ok) assert.match(reply.error.message, message);
  }
  assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'still-alive' }), 'ok');
});

test('an event without an ack is answered by a notice', async () => {
  const ann = await fixture.enter('ann');
  ann.socket.emit('join', { room: '!' });
  await eventually(() => assert.equal(ann.notices[0]?.code, 'invalid_room'));
});
