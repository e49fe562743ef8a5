// The viewer protocol of docs/protocol.md through a real edge, with stock clients.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { MemoryBus } from '@danmux/bus';
import { acceptPublication } from '@danmux/bus';
import type { HistoryReply, JoinReply, Reply, SendReply } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, intercepted } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';

let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge({ 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});
afterEach(() => fixture.close());

async function enter(user: string, claims: object = {}, where = room): Promise<Viewer> {
  const viewer = fixture.connect({ token: await fixture.token(user, claims) });
  await viewer.connected();
  assert.equal(await viewer.code('join', { room: where }), 'ok');
  return viewer;
}

function must<T>(reply: Reply<T>): T {
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply;
}

async function refusal(viewer: Viewer): Promise<string | undefined> {
  return viewer.connected().then(
    () => 'connected',
    (error: Error & { data?: { code: string } }) => error.data?.code,
  );
}

for (const transport of ['websocket', 'polling']) {
  test(`over ${transport}: join, send, receive, history, leave`, async () => {
    const ann = fixture.connect({ token: await fixture.token('ann', { name: 'Ann', level: 7 }), transports: [transport] });
    await ann.connected();
    const joined = must(await ann.ask<JoinReply>('join', { room }));
    assert.equal(joined.room, room);
    assert.equal(joined.online, 1);
    assert.deepEqual(joined.msgs, []);
    assert.ok(Math.abs((joined.now ?? 0) - Date.now()) < 5_000);
    assert.deepEqual(joined.recovered, {});
    assert.deepEqual(Object.keys(joined.positions).sort(), ['chat', 'control', 'gift']);
    const { id } = must(await ann.ask<SendReply>('send', { room, type: 'chat', data: { text: '你好' }, cid: 'c1' }));
    await fixture.push('gift', 'g1');
    await eventually(() => assert.equal(ann.msgs.length, 2));
    const chat = ann.msgs.find((msg) => msg.lane === 'chat');
    assert.deepEqual(
      { ...chat, ts: 0 },
      { id, lane: 'chat', offset: 1, type: 'chat', from: { id: 'ann', name: 'Ann', level: 7 }, data: { text: '你好' }, ts: 0 },
    );
    assert.ok(Math.abs((chat?.ts ?? 0) - Date.now()) < 10_000);
    const { msgs, more } = must(await ann.ask<HistoryReply>('history', { room, lane: 'gift' }));
    assert.deepEqual([msgs.map((msg) => msg.id), more], [['g1'], false]);
    assert.equal(await ann.code('leave', { room }), 'ok');
    await fixture.push('gift', 'after');
    // A barrier: joining again shows that it was sent, and it came in no frame before.
    const again = must(await ann.ask<JoinReply>('join', { room, history: 10 }));
    assert.ok(!ann.ids().includes('after'));
    const all = () => [...again.msgs.map(({ id }) => id), ...ann.ids()];
    await eventually(() => assert.ok(all().includes('after'), 'the gift comes with the second join, or after it'));
  });
}

describe('the door', () => {
  test('a wrong, expired, foreign or missing token is refused with its code', async () => {
    const good = await fixture.token('ann');
    const cases: [string | undefined, string][] = [
      [undefined, 'token_missing'],
      ['', 'token_missing'],
      ['nonsense', 'token_invalid'],
      [`${good.slice(0, -4)}AAAA`, 'token_signature_invalid'],
      [await fixture.token('ann', { roles: 5.5 }), 'token_claim_invalid'],
      [await fixture.token('ann', {}, 200_000), 'token_claim_invalid'],
      [await fixture.token('ann', { nbf: Math.floor(Date.now() / 1_000) + 60 }), 'token_not_yet_valid'],
      [await fixture.token('ann', {}, -60), 'token_expired'],
    ];
    for (const [token, code] of cases) assert.equal(await refusal(fixture.connect(token === undefined ? {} : { token })), code, `token ${token}`);
    assert.equal(await refusal(fixture.connect({ token: { a: 1 } as unknown as string })), 'token_invalid');
  });

  test('a foreign Origin gets 403; the same host, a loopback page and no Origin do not', async () => {
    const port = Number(new URL(fixture.url).port);
    const status = (origin?: string) =>
      new Promise<number>((resolve, reject) => {
        const asked = request({ port, path: '/socket.io/?EIO=4&transport=polling', headers: origin === undefined ? {} : { origin } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asked.once('error', reject).end();
      });
    assert.equal(await status('https://evil.example'), 403);
    assert.equal(await status('null'), 403);
    assert.equal(await status('http://127.0.0.1:9'), 200);
    assert.equal(await status('http://localhost:9'), 200);
    assert.equal(await status(), 200);
  });
});

describe('rooms', () => {
  test('a message reaches the members of its room on any lane and nobody else', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob', {}, 'live:2');
    await fixture.push('gift', 'for-1');
    await fixture.push('gift', 'for-2', 'live:2');
    await eventually(() => assert.deepEqual([ann.ids(), bob.ids()], [['for-1'], ['for-2']]));
  });

  test('one connection may be in several rooms, and leave one of them', async () => {
    const ann = await enter('ann');
    assert.equal(await ann.code('join', { room: 'live:2' }), 'ok');
    await ann.ask('leave', { room });
    await fixture.push('gift', 'left');
    await fixture.push('gift', 'stayed', 'live:2');
    await eventually(() => assert.deepEqual(ann.ids(), ['stayed']));
  });

  test('a token names the rooms it is for', async () => {
    const ann = fixture.connect({ token: await fixture.token('ann', { rooms: ['live:1', 'vip:*'] }) });
    await ann.connected();
    assert.equal(await ann.code('join', { room: 'live:1' }), 'ok');
    assert.equal(await ann.code('join', { room: 'vip:gold' }), 'ok');
    assert.equal(await ann.code('join', { room: 'live:11' }), 'room_forbidden');
  });

  test('at most 50 rooms a connection', async () => {
    const ann = await enter('ann');
    for (let i = 1; i < 50; i++) assert.equal(await ann.code('join', { room: `r${i}` }), 'ok');
    assert.equal(await ann.code('join', { room: 'one-more' }), 'too_many_rooms');
    assert.equal(await ann.code('join', { room: 'r3' }), 'ok', 'joining again is no new room');
  });

  test('joining twice keeps one membership: each message comes once, and one leave is enough', async () => {
    const ann = await enter('ann');
    assert.equal(await ann.code('join', { room }), 'ok');
    await fixture.push('gift', 'once');
    await eventually(() => assert.deepEqual(ann.ids(), ['once']));
    await ann.ask('leave', { room });
    assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'c' }), 'not_joined');
  });

  test('online counts are told to the room', async () => {
    const ann = await enter('ann');
    const seen: number[] = [];
    ann.socket.on('presence', ({ online }: { online: number }) => seen.push(online));
    const bob = await enter('bob');
    await eventually(() => assert.equal(seen.at(-1), 2));
    bob.socket.disconnect();
    await eventually(() => assert.equal(seen.at(-1), 1));
  });
});

describe('recovery', () => {
  test('a join with positions replays what was missed, in order, before any later frame', async () => {
    const first = await enter('ann');
    await fixture.push('gift', 'g1');
    await eventually(() => assert.deepEqual(first.ids(), ['g1']));
    const { positions } = must(await first.ask<JoinReply>('join', { room }));
    first.socket.disconnect();
    for (const id of ['g2', 'g3']) await fixture.push('gift', id);
    await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 3));
    const back = fixture.connect({ token: await fixture.token('ann') });
    await back.connected();
    const reply = must(await back.ask<JoinReply>('join', { room, positions }));
    assert.deepEqual(reply.recovered, { control: true, gift: true, chat: true });
    assert.deepEqual(
      reply.msgs.map((msg) => msg.id),
      ['g2', 'g3'],
    );
    assert.equal(reply.positions.gift?.offset, 3);
    await fixture.push('gift', 'g4');
    await eventually(() => assert.deepEqual(back.ids(), ['g4']));
  });

  test('what comes again after the store went back is given to who joined since and had it not, and to nobody else', async () => {
    const bus = fixture.bus as MemoryBus;
    const [stays, away, knows] = [await enter('ann'), await enter('bob'), await enter('cat')];
    await fixture.push('gift', 'a1');
    await eventually(() => assert.deepEqual(away.ids(), ['a1']));
    const survived = await bus.streams.heads(room);
    const before = { gift: { epoch: survived.epoch, offset: 1 } };
    away.socket.disconnect();
    await fixture.push('gift', 'b1');
    for (const viewer of [stays, knows]) await eventually(() => assert.deepEqual(viewer.ids(), ['a1', 'b1']));
    knows.socket.disconnect();
    bus.goBack(room, survived);
    await fixture.push('gift', 'c1');
    await eventually(() => assert.deepEqual(stays.ids(), ['a1', 'b1', 'c1']));
    const came = [];
    for (const [user, positions] of [
      ['bob', before],
      ['cat', { gift: { epoch: survived.epoch, offset: 2 } }],
      ['new', undefined],
    ] as const) {
      const viewer = fixture.connect({ token: await fixture.token(user) });
      await viewer.connected();
      const reply = must(await viewer.ask<JoinReply>('join', { room, ...(positions ? { positions } : { history: 0 }) }));
      assert.deepEqual(
        reply.msgs.map(({ id }) => id),
        positions ? ['c1'] : [],
      );
      came.push(viewer);
    }
    // Its backend repeats it: the store has forgotten the id.
    const { types } = fixture.runtime.config.messages;
    const { dedupeKey: _, ...repeated } = acceptPublication({ room, type: 'gift', data: 1, id: 'b1' }, { types, maxData: 100, now: Date.now() });
    await bus.ingress.publish([repeated]);
    await fixture.push('gift', 'd1');
    for (const viewer of [stays, ...came]) await eventually(() => assert.equal(viewer.ids().at(-1), 'd1'));
    assert.deepEqual(
      [stays, ...came].map((viewer) => viewer.ids()),
      [['a1', 'b1', 'c1', 'd1'], ['b1', 'd1'], ['d1'], ['b1', 'd1']],
    );
  });

  test('positions of another epoch, from the future, or too far back are not recovered', async () => {
    const ann = await enter('ann');
    await fixture.push('gift', 'g1');
    await eventually(() => assert.equal(ann.msgs.length, 1));
    const { epoch } = await fixture.bus.streams.heads(room);
    for (const position of [
      { epoch: 'another', offset: 0 },
      { epoch, offset: 99 },
    ]) {
      const reply = must(await ann.ask<JoinReply>('join', { room, positions: { gift: position } }));
      assert.deepEqual(reply.recovered, { gift: false });
      assert.deepEqual(
        reply.msgs.map((msg) => msg.id),
        ['g1'],
        'what may be missing is given',
      );
    }
    const asked = must(await ann.ask<JoinReply>('join', { room, positions: { gift: { epoch: 'another', offset: 0 } }, history: 10 }));
    assert.deepEqual(
      asked.msgs.map((msg) => msg.id),
      ['g1'],
    );
  });

  test('a join without positions gives the last messages, control and gifts first', async () => {
    for (let i = 0; i < 6; i++) await fixture.push('chat', `c${i}`);
    await fixture.push('gift', 'g');
    await fixture.push('notice', 'n');
    await eventually(async () => assert.deepEqual((await fixture.bus.streams.heads(room)).offsets, { control: 1, gift: 1, chat: 6 }));
    const ann = fixture.connect({ token: await fixture.token('ann') });
    await ann.connected();
    const { msgs } = must(await ann.ask<JoinReply>('join', { room, history: 5 }));
    assert.deepEqual(
      msgs.map((msg) => msg.id),
      ['n', 'g', 'c3', 'c4', 'c5'],
    );
    assert.deepEqual(must(await ann.ask<JoinReply>('join', { room, history: 0 })).msgs, []);
  });

  test('a crowd that comes back asks the store once, not once a viewer', async () => {
    const crowd = await startEdge({}, counting(fixture));
    try {
      await fixture.push('gift', 'g1');
      const { epoch } = await fixture.bus.streams.heads(room);
      await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 1));
      const viewers = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const viewer = crowd.connect({ token: await crowd.token(`u${index}`) });
          await viewer.connected();
          return viewer;
        }),
      );
      reads = 0;
      const replies = await Promise.all(viewers.map((viewer) => viewer.ask<JoinReply>('join', { room, positions: { gift: { epoch, offset: 0 } } })));
      for (const reply of replies)
        assert.deepEqual(
          must(reply).msgs.map((msg) => msg.id),
          ['g1'],
        );
      assert.ok(reads <= 5, `${reads} reads for 50 viewers`);
    } finally {
      await crowd.close();
    }
  });
});

let reads = 0;
function counting({ bus }: EdgeFixture): EdgeFixture['bus'] {
  return intercepted(bus, (method, run) => {
    if (['streams.since', 'streams.history', 'streams.heads'].includes(method)) reads++;
    return run();
  });
}

describe('bad input', () => {
  test('each gets its documented code and names the field', async () => {
    const ann = await enter('ann');
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
    const ann = await enter('ann');
    ann.socket.emit('join', { room: '!' });
    await eventually(() => assert.equal(ann.notices[0]?.code, 'invalid_room'));
  });

  test('a guest may watch, not send', async () => {
    const open = await startEdge({ 'viewer.allow_guests': true });
    try {
      const guest = open.connect();
      await guest.connected();
      assert.equal(await guest.code('join', { room }), 'ok');
      assert.equal(await guest.code('send', { room, type: 'chat', data: 1, cid: 'c' }), 'read_only');
      await open.push('gift', 'g');
      await eventually(() => assert.deepEqual(guest.ids(), ['g']));
    } finally {
      await open.close();
    }
  });

  test('the same cid twice is one message with one id, of another user another', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    const send = { room, type: 'chat', data: 'x', cid: 'same' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => ann.ask<SendReply>('send', send)));
    assert.equal(new Set(answers.map((answer) => must(answer).id)).size, 1);
    await bob.ask('send', send);
    await eventually(() => assert.equal(bob.msgs.length, 2));
  });

  test('too many messages are refused with the time to wait', async () => {
    const strict = await startEdge({ 'edge.send_burst': 2, 'edge.send_per_minute': 60 });
    try {
      const ann = strict.connect({ token: await strict.token('ann') });
      await ann.connected();
      await ann.ask('join', { room });
      for (const cid of ['a', 'b']) assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid }), 'ok');
      const refused = await ann.ask('send', { room, type: 'chat', data: 1, cid: 'c' });
      assert.ok(!refused.ok && refused.error.code === 'rate_limited');
      assert.ok((refused.error.retry_after_ms ?? 0) > 0 && (refused.error.retry_after_ms ?? 0) <= 1_000);
    } finally {
      await strict.close();
    }
  });

  test('a packet of 1 MB closes that connection with code 1009, and the edge lives', async () => {
    const ann = await enter('ann');
    const raw = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const closed = new Promise<number>((resolve) => raw.once('close', resolve));
    raw.once('open', () => raw.send(`42["send",{"data":"${'x'.repeat(1_000_000)}"}]`));
    assert.equal(await closed, 1009);
    assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'alive' }), 'ok');
  });

  test('garbage in place of packets ends that connection only', async () => {
    const ann = await enter('ann');
    for (const garbage of ['{', '45', '42["join"', '\u0000', '4{}', '9'.repeat(100), '451-["x",{"_placeholder":true,"num":0}]']) {
      const raw = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      await new Promise((resolve) => raw.once('open', resolve));
      raw.send(garbage);
      raw.send('40');
      raw.close();
      await new Promise((resolve) => raw.once('close', resolve));
    }
    assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'alive' }), 'ok');
  });
});

test('a draining edge gives each viewer a slot, cuts it off then, and lets nobody in', async () => {
  const viewers = await Promise.all(['a', 'b', 'c', 'd'].map((user) => enter(user)));
  const slots: number[] = [];
  for (const { socket } of viewers) socket.on('goaway', ({ reconnect_in_ms }: { reconnect_in_ms: number }) => slots.push(reconnect_in_ms));
  await fixture.edge.drain();
  await eventually(() =>
    assert.ok(
      viewers.every(({ socket }) => !socket.connected),
      'all were cut off',
    ),
  );
  assert.deepEqual(
    slots.sort((a, b) => a - b),
    [25, 50, 75, 100],
  );
  await assert.rejects(fixture.connect({ token: await fixture.token('late') }).connected());
});

test('receipts: counted for those in the room; unknown ids are good, a room one is not in is not', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  const { types } = fixture.runtime.config.messages;
  await fixture.bus.receipts.open('asked', room, Date.now());
  await fixture.bus.ingress.publish([
    acceptPublication({ room, type: 'gift', data: {}, id: 'asked', marks: { receipt: true } }, { types, maxData: 100, now: Date.now() }),
  ]);
  for (const viewer of [ann, bob]) await eventually(() => assert.equal(viewer.msgs[0]?.receipt, true));
  assert.equal(await ann.code('receipt', { room, ids: ['asked', 'never-sent'] }), 'ok');
  assert.equal(await ann.code('receipt', { room: 'another', ids: ['asked'] }), 'not_joined');
  assert.equal(await ann.code('receipt', { room, ids: [] }), 'invalid_request');
  await eventually(async () => {
    const counts = (await fixture.bus.receipts.find('asked'))?.counts.map(({ sent, received }) => [sent, received]);
    assert.deepEqual(counts, [[2, 1]]);
  });
});
