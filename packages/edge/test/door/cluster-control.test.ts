// Cluster control over a real Redis: a user is disconnected on every edge, and no edge crashes when Redis goes down.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually, ownerOf, type RedisServer, startRedis } from '@danmux/testkit/unit';
import { guardClient } from '../../src/door/cluster-control.ts';

const owner = ownerOf(after);
let redis: RedisServer;
let edges: EdgeFixture[];
before(async () => {
  redis = await startRedis();
  closeAfter(owner, () => redis.stop());
  edges = await Promise.all([0, 1].map(() => startEdge(owner, { 'redis.url': redis.url })));
  await eventually(() => Promise.all(edges.map(({ bus }) => bus.health())));
});

async function connected(edge: EdgeFixture | undefined, user: string) {
  assert.ok(edge);
  const viewer = edge.connect({ token: await edge.token(user) });
  await viewer.connected();
  return viewer;
}

test('a user is disconnected on every edge, and nobody else', async () => {
  const ann = await Promise.all(edges.map((edge) => connected(edge, 'ann')));
  const bob = await connected(edges[1], 'bob');
  edges[0]?.edge.disconnectUser('ann');
  await eventually(() =>
    assert.deepEqual(
      ann.map(({ socket }) => socket.connected),
      [false, false],
    ),
  );
  assert.equal(await bob.code('join', { room }), 'ok');
});

test('with Redis killed the edges live on, and control works again when it is back', async () => {
  const ann = await connected(edges[1], 'ann');
  await redis.kill();
  for (const { bus } of edges) await eventually(() => assert.rejects(bus.health()));
  for (let i = 0; i < 20; i++) edges[0]?.edge.disconnectUser('ann');
  assert.equal(ann.socket.connected, true);
  assert.equal(await ann.code('join', { room: 'fresh' }), 'unavailable');
  await redis.start();
  await eventually(async () => assert.equal(await ann.code('join', { room: 'fresh' }), 'ok'));
  await eventually(() => {
    edges[0]?.edge.disconnectUser('ann');
    assert.equal(ann.socket.connected, false);
  });
});

test('an edge that starts while Redis is away controls, and is controlled, when Redis comes', async (t) => {
  await redis.kill();
  const late = await startEdge(t, { 'redis.url': redis.url });
  // Viewers may connect, but rooms cannot be joined yet.
  const eve = await connected(late, 'eve');
  const ann = await connected(edges[1], 'ann');
  assert.equal(await eve.code('join', { room }), 'unavailable');
  await redis.start();
  await eventually(() => {
    edges[0]?.edge.disconnectUser('eve');
    assert.equal(eve.socket.connected, false);
  });
  await eventually(() => {
    late.edge.disconnectUser('ann');
    assert.equal(ann.socket.connected, false);
  });
});

test('the guard catches rejected publishes and leaves the rest alone', async () => {
  const caught: unknown[] = [];
  const guarded = guardClient({ publish: () => Promise.reject(new Error('away')), get: async (key: string) => key, mode: 'single' }, (error) =>
    caught.push(error),
  );
  await guarded.publish();
  assert.equal(caught.length, 1);
  assert.equal(await guarded.get('a'), 'a');
  assert.equal(guarded.mode, 'single');
});
