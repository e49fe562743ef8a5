// Reads a room: online counts, modes, stream positions, traffic, members and history.
import { pageOf, positionsOf } from '@danmux/bus';
import { checkRoomName, DanmuxError, type ErrorCode, isStreamLane, type Msg } from '@danmux/protocol';
import { historyQuery, historyReply, membersQuery, membersReply, roomReply } from '@danmux/protocol/schemas';
import { parseJson } from '@danmux/runtime';
import { defaultPage } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import { readModes } from '../moderation/room-modes.ts';
import type { Services } from '../services.ts';
import { documented, roomParams, success } from './documented.ts';
import { trafficOf } from './room-traffic.ts';

const readCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_room', 'unavailable'];
const epoch = '01K8Y3V5S9Q4W2N7C6D1B0ATZX';

const roomSchema = {
  summary: 'Get a room',
  description: 'Online counts (at most two seconds old), modes, stream positions and traffic.',
  tags: ['rooms'],
  params: roomParams,
  response: {
    200: success(roomReply, 'The room. A room without viewers is empty and still exists', {
      room: 'live:1001',
      online: 502,
      users: 477,
      modes: { slow_ms: 5_000 },
      positions: { control: { epoch, offset: 0 }, gift: { epoch, offset: 17 }, chat: { epoch, offset: 2_048 } },
      traffic: {
        at: 1_767_225_600_000,
        per_second: { control: 0, gift: 0.2, chat: 41.5, ambient: 6 },
        sequenced: { control: 0, gift: 17, chat: 2_048, ambient: 300 },
        shed: { control: {}, gift: {}, chat: { budget: 12 }, ambient: { merged: 80 } },
      },
    }),
    ...documented(readCodes),
  },
};

const membersSchema = {
  summary: 'List the members of a room, highest level first',
  description:
    'Each edge reports up to `edge.members_listed` users of a room. If it has more, it reports those with the highest levels and a sample of the others, and `complete` is false. ' +
    'The list is at most two seconds old. Pass the `cursor` of a page to read the next page.',
  tags: ['rooms'],
  params: roomParams,
  querystring: membersQuery,
  response: {
    200: success(membersReply, 'One page', {
      online: 502,
      users: 477,
      members: [{ id: 'u7', name: 'Ann', avatar: 'https://cdn.example/u7.png', level: 12 }],
      cursor: 'WzEyLCJ1NyJd',
      complete: true,
    }),
    ...documented(readCodes),
  },
};

const historySchema = {
  summary: 'Read the history of a room, newest page first',
  description: 'Within a page the lowest offset is first. While `more` is true, pass the lowest `offset` of the page as `before` to read the previous page.',
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

export function addRoomRoutes(app: TypedApp, { bus, runtime: { clock } }: Pick<Services, 'bus' | 'runtime'>): void {
  app.get('/v1/rooms/:room', { schema: roomSchema, config: { scope: 'read' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const [{ online, users }, heads, modes, traffic] = await Promise.all([
      bus.presence.audience(room),
      bus.streams.heads(room),
      readModes(bus, room),
      trafficOf(bus, room, clock.now()),
    ]);
    return { room, online, users, modes, positions: positionsOf(heads), ...(traffic ? { traffic } : {}) };
  });

  app.get('/v1/rooms/:room/members', { schema: membersSchema, config: { scope: 'read' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const { cursor, limit } = request.query;
    return pageOf(await bus.presence.audience(room), cursor, limit ?? defaultPage);
  });

  app.get('/v1/rooms/:room/history', { schema: historySchema, config: { scope: 'read' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const { lane = 'chat', before, limit } = request.query;
    if (!isStreamLane(lane)) throw new DanmuxError('invalid_request', { message: 'querystring: lane must be a lane with history: control, gift or chat.' });
    const { msgs, more } = await bus.streams.history(room, lane, before, limit ?? defaultPage);
    return { msgs: msgs.map((text) => parseJson(text) as Msg), more };
  });
}
