// Reading a room: how many are online, where its streams are, what was said.
import { type Bus, positionsOf } from '@danmux/bus';
import { checkRoomName, DanmuxError, type ErrorCode, isStreamLane, limits, type Msg } from '@danmux/protocol';
import { historyQuery, historyReply, roomReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../validation.ts';
import { documented, roomParams, success } from './documented.ts';

const readCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_room', 'unavailable'];
const defaultPage = 50;
const epoch = '01K8Y3V5S9Q4W2N7C6D1B0ATZX';

const roomSchema = {
  summary: 'A room',
  tags: ['rooms'],
  params: roomParams,
  response: {
    200: success(roomReply, 'A room nobody has been in is empty, not unknown', {
      room: 'live:1001',
      online: 502,
      positions: { control: { epoch, offset: 0 }, gift: { epoch, offset: 17 }, chat: { epoch, offset: 2_048 } },
    }),
    ...documented(readCodes),
  },
};

const historySchema = {
  summary: 'Messages of a room, newest page first, lowest offset first in the page',
  description: 'Give the lowest `offset` of a page as `before` to read the page before it, as long as `more` is true.',
  tags: ['rooms'],
  params: roomParams,
  querystring: historyQuery,
  response: {
    200: success(historyReply, 'One page', {
      msgs: [{ id: 'm1', lane: 'chat', offset: 2_048, type: 'chat', from: { id: 'u7', name: 'Ann' }, data: { text: '主播好!' }, ts: 1_767_225_600_000 }],
      more: true,
    }),
    ...documented(readCodes),
  },
};

export function addRoomRoutes(app: TypedApp, bus: Bus): void {
  app.get('/v1/rooms/:room', { schema: roomSchema }, async (request) => {
    const room = checkRoomName(request.params.room);
    const [online, heads] = await Promise.all([bus.online(room), bus.heads(room)]);
    return { room, online, positions: positionsOf(heads) };
  });

  app.get('/v1/rooms/:room/history', { schema: historySchema }, async (request) => {
    const room = checkRoomName(request.params.room);
    const { lane = 'chat', before, limit } = request.query;
    const most = limit === undefined ? defaultPage : Number(limit);
    if (most > limits.historyPage || !isStreamLane(lane))
      throw new DanmuxError('invalid_request', { message: `querystring: limit must be 1 to ${limits.historyPage}.` });
    const { msgs, more } = await bus.history(room, lane, before === undefined ? undefined : Number(before), most);
    return { msgs: msgs.map((text) => JSON.parse(text) as Msg), more };
  });
}
