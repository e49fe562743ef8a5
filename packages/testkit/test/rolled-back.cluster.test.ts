// Redis restarts from an older snapshot. Messages accepted afterwards reach every viewer once, connected or returning, and each viewer is
// notified that history was lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { backendOf, edgeUrls, eventually, metricOf, ProcessCluster, startRedis, TestViewer, testToken } from '../src/index.ts';
import { testSecrets } from '../src/node-process.ts';
import { redisCli } from '../src/redis-cluster.ts';

const redis = await startRedis();
const cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 0, redis });
after(() => cluster.stop());
const backend = backendOf(cluster);
const save = () => redisCli(redis.port, 'SAVE');
/** The documented limit is two seconds; a busy test machine gets more. */
const backWithinMs = 6_000;

const named = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
const gifts = async (room: string, ids: readonly string[], type = 'gift') => {
  for (const id of ids) await backend.push({ room, type, data: { n: id }, id: `${room}-${id}` });
};
const enter = async (room: string, user: string, options: Partial<ConstructorParameters<typeof TestViewer>[0]> = {}) => {
  const viewer = new TestViewer({ urls: edgeUrls(cluster), room, token: await testToken(user), history: 0, ...options });
  await viewer.joined();
  return viewer;
};
const shown = (viewer: TestViewer, room: string, lane: 'gift' | 'chat' = 'gift') => viewer.ids(lane).map((id) => id.slice(room.length + 1));
const lost = (viewer: TestViewer) => viewer.gaps.filter(({ reason }) => reason === 'history_lost').map(({ lane }) => lane);

test('gifts, SAVE, gifts, kill -9, restart, gifts: gifts accepted after the restart arrive once at connected and returning viewers', {
  timeout: 90_000,
}, async () => {
  const room = 'live:back';
  const [stays, other, leaves] = [await enter(room, 'ann'), await enter(room, 'bob', { urls: edgeUrls(cluster).slice(1) }), await enter(room, 'cat')];
  await gifts(room, named('a', 5));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 5));
  await save();
  await gifts(room, named('b', 5));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 10));
  await eventually(() => assert.equal(other.positions?.gift?.offset, 10));
  const positions = leaves.positions ?? assert.fail();
  leaves.close();
  await redis.kill();
  await redis.start();
  const began = performance.now();
  await gifts(room, ['c1']);
  await eventually(() => assert.equal(shown(stays, room).at(-1), 'c1'), { timeoutMs: backWithinMs });
  console.log(`# answered and shown ${Math.round(performance.now() - began)} ms after Redis was up`);
  await gifts(room, named('c', 8).slice(1));
  const all = [...named('a', 5), ...named('b', 5), ...named('c', 8)];
  for (const viewer of [stays, other]) {
    await eventually(() => assert.deepEqual(shown(viewer, room), all), { timeoutMs: backWithinMs });
    assert.deepEqual(lost(viewer).sort(), ['chat', 'control', 'gift']);
    assert.equal(viewer.disconnects, 0);
  }
  const back = await enter(room, 'cat', { positions });
  assert.deepEqual(shown(back, room), named('c', 8));
  assert.equal(back.recovered[0]?.gift, false);
  assert.notEqual(back.positions?.gift?.epoch, positions['gift']?.epoch);
  await gifts(room, ['d1']);
  for (const viewer of [stays, other, back]) await eventually(() => assert.equal(shown(viewer, room).at(-1), 'd1'));
  assert.deepEqual(shown(back, room), [...named('c', 8), 'd1']);
  const history = (await backend.get(`/v1/rooms/${room}/history?lane=gift&limit=50`)).body as { msgs: { id: string; offset: number }[] };
  assert.deepEqual(
    history.msgs.map(({ id, offset }) => [id.slice(room.length + 1), offset]),
    [...named('a', 5), ...named('c', 8), 'd1'].map((id, index) => [id, index + 1]),
  );
  const counted = await Promise.all([...cluster.of('relay'), ...cluster.of('edge')].map(({ url }) => metricOf(url, 'danmux_epochs_total')));
  assert.ok(
    counted.some((count) => count > 0),
    `${counted}`,
  );
  await eventually(() => assert.match(cluster.output, /the room begins a new epoch/));
  for (const viewer of [stays, other, back]) viewer.close();
});

test('when relay and edges restarted too, a returning viewer misses no message accepted afterwards', { timeout: 90_000 }, async () => {
  const room = 'live:witness';
  const leaves = await enter(room, 'cat');
  await gifts(room, named('a', 2));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 2));
  await save();
  await gifts(room, named('b', 3));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 5));
  const positions = leaves.positions ?? assert.fail();
  leaves.close();
  const dead = [...cluster.of('relay'), ...cluster.of('edge')];
  await Promise.all([redis.kill(), ...dead.map(({ process }) => process.stop('SIGKILL'))]);
  await redis.start();
  await Promise.all(dead.map((node) => cluster.restart(node)));
  await gifts(room, named('c', 8));
  const back = await enter(room, 'cat', { positions });
  await eventually(() => assert.deepEqual(shown(back, room), named('c', 8)), { timeoutMs: backWithinMs });
  assert.deepEqual([back.recovered[0]?.gift, back.recovered.length], [false, 1]);
  back.close();
});

test('delivered messages that reappear in the ingress are not delivered again, and chat continues', { timeout: 90_000 }, async () => {
  const room = 'live:ingress';
  const stays = await enter(room, 'ann');
  await gifts(room, ['a1']);
  await gifts(room, ['hello'], 'chat');
  await eventually(() => assert.deepEqual([shown(stays, room), shown(stays, room, 'chat')], [['a1'], ['hello']]));
  // The relay is paused: gifts are stored but not committed.
  const [relay] = cluster.of('relay');
  relay?.process.signal('SIGSTOP');
  await gifts(room, named('b', 3));
  await save();
  relay?.process.signal('SIGCONT');
  await eventually(() => assert.deepEqual(shown(stays, room), ['a1', ...named('b', 3)]), { timeoutMs: backWithinMs });
  await redis.kill();
  await redis.start();
  await gifts(room, named('c', 2));
  await gifts(room, ['again'], 'chat');
  await eventually(() => assert.deepEqual(shown(stays, room), ['a1', ...named('b', 3), ...named('c', 2)]), { timeoutMs: backWithinMs });
  await eventually(() => assert.deepEqual(shown(stays, room, 'chat'), ['hello', 'again']), { timeoutMs: backWithinMs });
  stays.close();
});

test('a recall that the store forgot still applies to history, and a returning viewer gets no message twice', { timeout: 90_000 }, async () => {
  const room = 'live:recalled';
  const edge = { urls: edgeUrls(cluster).slice(0, 1) };
  const [stays, leaves] = [await enter(room, 'ann', edge), await enter(room, 'cat', edge)];
  await gifts(room, named('a', 2));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 2));
  await save();
  await gifts(room, named('b', 2));
  const taken = await fetch(`${cluster.of('api')[0]?.url}/v1/rooms/${room}/messages/${room}-a2`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}` },
  });
  assert.equal(taken.status, 200);
  await eventually(() => assert.ok(stays.msgs.some(({ type }) => type === 'recall')));
  await eventually(() => assert.equal(leaves.positions?.gift?.offset, 4));
  const positions = leaves.positions ?? assert.fail();
  leaves.close();
  await redis.kill();
  await redis.start();
  await gifts(room, ['b1', 'c1']);
  await eventually(() => assert.equal(shown(stays, room).at(-1), 'c1'), { timeoutMs: backWithinMs });
  assert.deepEqual(shown(stays, room), ['a1', 'a2', 'b1', 'b2', 'c1']);
  const back = await enter(room, 'cat', { ...edge, positions });
  assert.deepEqual(shown(back, room), ['c1']);
  await eventually(async () => {
    const { msgs } = (await backend.get(`/v1/rooms/${room}/history?lane=gift&limit=50`)).body as { msgs: { id: string; type: string }[] };
    assert.deepEqual(
      msgs.map(({ id, type }) => [id.slice(room.length + 1), type]),
      [
        ['a1', 'gift'],
        ['a2', 'recalled'],
        ['b1', 'gift'],
        ['c1', 'gift'],
      ],
    );
  });
  for (const viewer of [stays, back]) viewer.close();
});
