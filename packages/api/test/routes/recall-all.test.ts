// Recalling all messages of a user, in one room and in every room, clearing a room, and a ban with a recall.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, mustRefuse } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';
import { eventsOf, withWebhooks } from '../event-log.ts';
import { held } from '../right-requests.ts';

onBothEngines(withWebhooks, (api) => {
  const say = async (room: string, type: 'chat' | 'gift' | 'notice', user: string, id: string): Promise<void> => {
    const answer = await api().call('POST', `/v1/rooms/${room}/messages`, { type, data: { text: id }, from: { id: user }, id });
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
  };
  const recall = (room: string, body: object) => api().call('POST', `/v1/rooms/${room}/recall`, body);
  /** Ids in history that are still shown, over all lanes. */
  const shown = async (room: string): Promise<string[]> => {
    const pages = await Promise.all(['control', 'gift', 'chat'].map((lane) => api().call('GET', `/v1/rooms/${room}/history?lane=${lane}`)));
    const msgs = pages.flatMap(({ body }) => body.msgs as { id: string; type: string }[]);
    return msgs.filter(({ type }) => type !== 'recalled' && type !== 'recall').map(({ id }) => id);
  };
  const sent = (publications: readonly { body: string; lane: string; marks?: object }[]) =>
    publications.map(({ body, lane, marks }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { positions?: object } };
      return { lane, marks, type, data: { ...data, positions: Object.keys(data.positions ?? {}) } };
    });
  const counts = ({ body: { count, held, rooms, recalled } }: Answer) => ({ count, held, rooms, recalled });

  test('the messages of a user leave history in all lanes; one control message, one event and one audit row tell it', async () => {
    const [room, eve] = ['r:user', 'eve 1'];
    await say(room, 'chat', eve, 'c1');
    await say(room, 'chat', 'bob', 'c2');
    await say(room, 'gift', eve, 'g1');
    await say(room, 'notice', eve, 'n1');
    await api().sequence();
    const before = await api().bus.ledger.totals();
    const answer = await recall(room, { user: eve });
    assert.deepEqual([answer.status, answer.body], [200, { room, user: eve, count: 3, held: 0 }]);
    assert.deepEqual(await shown(room), ['c2']);
    const scope = { user: eve };
    assert.deepEqual(sent(await api().sequence()), [
      { lane: 'control', marks: { recall_of: scope }, type: 'recall', data: { ...scope, positions: ['control', 'gift', 'chat'] } },
    ]);
    const { accepted, sequenced, shed } = await api().bus.ledger.totals();
    assert.deepEqual([accepted.gift, sequenced.gift, shed], [before.accepted.gift, before.sequenced.gift, before.shed], 'the gift stays counted');
    const events = (await eventsOf(api(), room)).filter(({ type }) => type === 'moderation.recall');
    assert.deepEqual(
      events.map(({ data }) => data),
      [{ ...scope, by: 'default' }],
    );
    const { body: audit } = await api().call('GET', '/v1/audit');
    assert.deepEqual(
      audit.rows.slice(0, 1).map(({ route, asked, params }: { route: string; asked: object; params: object }) => [route, params, asked]),
      [['/v1/rooms/:room/recall', { room }, scope]],
    );
  });

  test('clearing a room takes back chat and gifts, leaves notices, and later messages stay', async () => {
    const room = 'r:all';
    for (const [type, id] of [
      ['chat', 'a1'],
      ['gift', 'a2'],
      ['notice', 'a3'],
    ] as const)
      await say(room, type, 'ann', id);
    await api().sequence();
    assert.deepEqual((await recall(room, { all: true })).body, { room, all: true, count: 2, held: 0 });
    await say(room, 'chat', 'ann', 'a4');
    await api().sequence();
    assert.deepEqual(await shown(room), ['a3', 'a4']);
    assert.deepEqual((await recall(room, { all: true })).body.count, 1, 'a second clearing takes back what came since');
  });

  test("a user's held messages of the room are rejected, and clearing a room leaves the review queue", async () => {
    const room = 'r:held';
    const mine = await held(api(), { room, from: { id: 'eve' } });
    const others = [await held(api(), { room, from: { id: 'bob' } }), await held(api(), { room: 'r:other', from: { id: 'eve' } })];
    assert.deepEqual(counts(await recall(room, { user: 'eve' })), { count: 0, held: 1, rooms: undefined, recalled: undefined });
    mustRefuse(await api().call('POST', `/v1/reviews/${mine['id']}/approve`), 'not_found');
    assert.equal((await recall(room, { all: true })).body.held, 0);
    for (const { id } of others) assert.equal((await api().call('POST', `/v1/reviews/${id}/reject`)).status, 200);
    await api().sequence();
  });

  test('every room with a message of the user is recalled, also one whose message is queued, and no other room', async () => {
    await say('e:1', 'chat', 'mallory', 'm1');
    await say('e:2', 'gift', 'mallory', 'm2');
    await say('e:3', 'chat', 'bob', 'm3');
    await api().sequence();
    await say('e:4', 'chat', 'mallory', 'queued');
    await held(api(), { room: 'e:5', from: { id: 'mallory' } });
    const answer = await api().call('POST', '/v1/users/mallory/recall');
    assert.deepEqual([answer.status, answer.body], [200, { user: 'mallory', rooms: 3, count: 2, held: 1 }]);
    const told = await api().sequence();
    assert.deepEqual(
      told
        .filter(({ marks }) => marks?.recall_of)
        .map(({ room }) => room)
        .sort(),
      ['e:1', 'e:2', 'e:4'],
    );
    assert.deepEqual([await shown('e:1'), await shown('e:2'), await shown('e:3')], [[], [], ['m3']]);
  });

  test('a ban with `recall` recalls in its room, or in every room', async () => {
    for (const room of ['b:1', 'b:2']) {
      await say(room, 'chat', 'troll', `${room} troll`.replace(' ', '-'));
      await say(room, 'chat', 'bob', `${room}-bob`);
    }
    await api().sequence();
    assert.deepEqual(counts(await api().call('PUT', '/v1/rooms/b:1/bans/troll', { for_ms: 60_000, recall: true })).recalled, 1);
    assert.deepEqual([await shown('b:1'), (await shown('b:2')).length], [['b:1-bob'], 2]);
    assert.equal((await api().call('PUT', '/v1/bans/troll', { recall: false })).body.recalled, undefined);
    assert.deepEqual(counts(await api().call('PUT', '/v1/bans/troll', { recall: true })).recalled, 1);
    assert.deepEqual(await shown('b:2'), ['b:2-bob']);
    mustRefuse(await api().call('PUT', '/v1/mutes/troll', { recall: true }), 'invalid_request');
    await api().sequence();
  });

  test('a body that names neither, both or something else is refused', async () => {
    for (const body of [{}, { user: 'a', all: true }, { all: false }, { user: '' }, { user: 'a', id: 'm' }])
      mustRefuse(await recall('a', body), 'invalid_request');
    mustRefuse(await recall('a%20b', { all: true }), 'invalid_room');
  });
});
