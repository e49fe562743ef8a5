// The routes of the demo page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyViewerToken } from '@danmux/runtime';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, { 'api.demo': true });
});

const token = (body: unknown) => fixture.call('POST', '/demo/token', body, { key: null });

test('a token for one room and two hours needs no key', async () => {
  const { status, body } = await token({ room: 'live:1', name: '我' });
  assert.equal(status, 200);
  const claims = await verifyViewerToken(fixture.runtime.config.viewer, body.token, Date.now());
  assert.deepEqual([claims.rooms, claims.name, claims.sub], [['live:1'], '我', body.user.id]);
  assert.equal(claims.exp * 1_000, body.expires_at);
  assert.ok(Math.abs(body.expires_at - Date.now() - 7_200_000) < 10_000);
});

test('a missing name is generated; two guests are different users', async () => {
  const [one, two] = [(await token({ room: 'live:1' })).body.user, (await token({ room: 'live:1' })).body.user];
  assert.match(one.name, /^观众\d{4}$/);
  assert.notEqual(one.id, two.id);
});

test('an invalid room or body is refused', async () => {
  mustRefuse(await token({ room: 'a b' }), 'invalid_room');
  mustRefuse(await token({ room: 'live:*' }), 'invalid_room');
  for (const body of [{}, { room: 'live:1', name: '' }, { room: 'live:1', rooms: ['x'] }, { room: 5 }]) mustRefuse(await token(body), 'invalid_request');
});

test('a token of a room allows gifts in that room only', async () => {
  const send = (body: object) => fixture.call('POST', '/demo/gift', body, { key: null });
  const { token: pass } = (await token({ room: 'live:1', name: '我' })).body;
  const rose = { token: pass, room: 'live:1', gift: 'rose', name: '玫瑰', count: 10 };
  const { status, body } = await send(rose);
  assert.equal(status, 200);
  const [pending] = await fixture.sequence();
  const { from, data } = JSON.parse(pending?.body ?? '{}');
  assert.deepEqual([pending?.id, pending?.lane, from.name, data], [body.id, 'gift', '我', { gift: 'rose', name: '玫瑰', count: 10 }]);
  mustRefuse(await send({ ...rose, room: 'live:2' }), 'room_forbidden');
  mustRefuse(await send({ ...rose, token: 'x.y.z' }), 'token_invalid');
  mustRefuse(await send({ ...rose, count: 0 }), 'invalid_request');
});

test('edges with a loopback address get the host of the request, others keep their host', async () => {
  const config = (headers = {}) => fixture.call('GET', '/demo/config.json', undefined, { key: null, headers });
  mustRefuse(await config(), 'unavailable');
  const edge = (id: string, address: string) => fixture.bus.members.announce({ id, role: 'edge', address, version: '0', load: 0 }, 60_000);
  await edge('a', '127.0.0.1:7700');
  await edge('b', '0.0.0.0:7701');
  await edge('c', 'edge-3.example:7700');
  assert.deepEqual((await config()).body.edges.sort(), ['http://127.0.0.1:7700', 'http://127.0.0.1:7701', 'http://edge-3.example:7700']);
});
