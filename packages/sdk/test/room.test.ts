// The room's own care, with a connection that plays a server: doubles, holes, epochs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, JoinReply, JoinRequest, Msg } from '@danmux/protocol';
import type { Connection } from '../src/connection.ts';
import { Room } from '../src/room.ts';

const position = (offset: number, epoch = 'e') => ({ epoch, offset });

class PlayedServer {
  readonly state = 'online';
  readonly requests: JoinRequest[] = [];
  readonly answers: Partial<JoinReply>[] = [];
  async request(_event: string, payload: object): Promise<object> {
    this.requests.push(payload as JoinRequest);
    return {
      room: 'r',
      online: 1,
      positions: { control: position(0), gift: position(0), chat: position(0) },
      recovered: {},
      msgs: [],
      ...this.answers.shift(),
    };
  }
}

const msg = (lane: 'gift' | 'chat' | 'ambient', offset: number | undefined, id = `${lane}${offset}`): Msg => ({
  id,
  lane,
  type: lane,
  data: {},
  ts: 0,
  ...(offset === undefined ? {} : { offset }),
});
const frame = (...msgs: Msg[]): Frame => ({ room: 'r', msgs });

async function enter(...answers: Partial<JoinReply>[]) {
  const server = new PlayedServer();
  server.answers.push(...answers);
  const room = new Room('r', server as unknown as Connection, { url: '' }, () => {});
  const ids: string[] = [];
  const gaps: string[] = [];
  room.on('message', ({ id }) => ids.push(id));
  room.on('gap', ({ lane, count, reason }) => gaps.push(`${lane} ${count} ${reason}`));
  room.connected();
  await settled();
  return { server, room, ids, gaps };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a message that comes twice is given once, by offset and by id', async () => {
  const { room, ids } = await enter();
  room.frame(frame(msg('gift', 1), msg('gift', 1), msg('ambient', undefined, 'a'), msg('ambient', undefined, 'a')));
  assert.deepEqual(ids, ['gift1', 'a']);
});

test('a hole in gifts is filled by a join with the old position before anything after it is given', async () => {
  const { server, room, ids } = await enter(
    {},
    {
      recovered: { gift: true, chat: true, control: true },
      positions: { gift: position(4), chat: position(1), control: position(0) },
      msgs: [msg('gift', 2), msg('gift', 3), msg('gift', 4)],
    },
  );
  room.frame(frame(msg('gift', 1), msg('chat', 1)));
  room.frame(frame(msg('gift', 4)));
  assert.deepEqual(ids, ['gift1', 'chat1']);
  await settled();
  assert.deepEqual(server.requests[1]?.positions?.gift, position(1));
  assert.deepEqual(ids, ['gift1', 'chat1', 'gift2', 'gift3', 'gift4']);
  assert.deepEqual(room.positions.gift, position(4));
});

test('a hole in chat is not worth a join', async () => {
  const { server, room, ids } = await enter();
  room.frame(frame(msg('chat', 1)));
  room.frame(frame(msg('chat', 5)));
  assert.deepEqual(ids, ['chat1', 'chat5']);
  assert.equal(server.requests.length, 1);
});

test("what could not be recovered is told as a gap, and the server's position counts from then on", async () => {
  const { room, ids, gaps } = await enter(
    { positions: { gift: position(3) } },
    { recovered: { gift: false }, positions: { gift: position(9) }, msgs: [msg('gift', 9)] },
  );
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual(gaps, ['gift 6 not_recovered']);
  assert.deepEqual(ids, ['gift9']);
  room.frame(frame(msg('gift', 10)));
  assert.deepEqual(ids, ['gift9', 'gift10']);
});

test('a new epoch is followed by a new join', async () => {
  const { server, room, ids, gaps } = await enter(
    { positions: { gift: position(7) } },
    { recovered: { gift: false }, positions: { gift: position(1, 'f') }, msgs: [msg('gift', 1, 'new')] },
  );
  room.gap({ room: 'r', lane: 'gift', count: 0, reason: 'history_lost' });
  await settled();
  assert.equal(server.requests.length, 2);
  assert.deepEqual(ids, ['new']);
  assert.deepEqual(gaps, ['gift 0 history_lost', 'gift 0 not_recovered']);
  assert.deepEqual(room.positions.gift, position(1, 'f'));
});
