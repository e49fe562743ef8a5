// Reading a room: how many are online, where its streams are, what was said.
import { type Bus, positionsOf } from '@danmux/bus';
import { checkRoomName, DanmuxError, type ErrorCode, isStreamLane, limits, type Msg } from '@danmux/protocol';
import { type HistoryQuery, historyQuery, historyReply, roomReply } from '@danmux/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import { documented, roomParams } from './documented.ts';

const readCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_room', 'unavailable'];
const defaultPage = 50;

export function addRoomRoutes(app: FastifyInstance, bus: Bus): void {
  app.get<{ Params: { room: string } }>(
    '/v1/rooms/:room',
    { schema: { summary: 'A room', tags: ['rooms'], params: roomParams, response: { 200: roomReply, ...documented(readCodes) } } },
    async (request) => {
      const room = checkRoomName(request.params.room);
      const [online, heads] = await Promise.all([bus.online(room), bus.heads(room)]);
      return { room, online, positions: positionsOf(heads) };
    },
  );

  app.get<{ Params: { room: string }; Querystring: HistoryQuery }>(
    '/v1/rooms/:room/history',
    {
      schema: {
        summary: 'Messages of a room, newest page first, lowest offset first in the page',
        tags: ['rooms'],
        params: roomParams,
        querystring: historyQuery,
        response: { 200: historyReply, ...documented(readCodes) },
      },
    },
    async (request) => {
      const room = checkRoomName(request.params.room);
      const { lane = 'chat', before, limit } = request.query;
      const most = limit === undefined ? defaultPage : Number(limit);
      if (most > limits.historyPage || !isStreamLane(lane))
        throw new DanmuxError('invalid_request', { message: `querystring: limit must be 1 to ${limits.historyPage}.` });
      const { msgs, more } = await bus.history(room, lane, before === undefined ? undefined : Number(before), most);
      return { msgs: msgs.map((text) => JSON.parse(text) as Msg), more };
    },
  );
}
