// Lists rooms that have a viewer online, sorted by name or by number of connections.
import { isUserRoom } from '@danmux/bus';
import { type RoomsQuery, roomsQuery, roomsReply } from '@danmux/protocol/schemas';
import { mayTouch } from '../auth/room-access.ts';
import { badCursor, cursorOf, defaultPage, positionOf } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, success } from './documented.ts';
import { ratesIn } from './room-traffic.ts';

const schema = {
  summary: 'List rooms with a viewer online',
  description:
    'The list is at most two seconds old. Pass the `cursor` of a page, with the same `prefix` and `sort`, to read the next page. `per_second` is present when the room had messages in the last 15 seconds. A key for some rooms lists only those.',
  tags: ['rooms'],
  querystring: roomsQuery,
  response: {
    200: success(roomsReply, 'One page', {
      rooms: [
        { room: 'live:1001', online: 502, per_second: { control: 0, gift: 0.2, chat: 41.5, ambient: 6 } },
        { room: 'live:1002', online: 17 },
      ],
      cursor: 'WzE3LCJsaXZlOjEwMDIiXQ',
      total: 2_048,
    }),
    ...documented(['invalid_request', 'unavailable']),
  },
};

type Row = readonly [online: number, room: string];

export function addRoomListRoute(app: TypedApp, { bus, runtime: { clock } }: Services): void {
  app.get('/v1/rooms', { schema, config: { scope: 'read', rooms: 'each' } }, async (request) => {
    const { prefix = '', sort = 'name', cursor, limit } = request.query;
    const size = limit ?? defaultPage;
    const before = orders[sort];
    const last = cursor === undefined ? undefined : rowOf(cursor);
    const all = [...(await bus.presence.rooms())].flatMap(([room, online]): Row[] =>
      room.startsWith(prefix) && !isUserRoom(room) && mayTouch(request, room) ? [[online, room]] : [],
    );
    const following = all.filter((row) => last === undefined || before(last, row) < 0).sort(before);
    const page = following.slice(0, size);
    const end = page.at(-1);
    const now = clock.now();
    const rates = await Promise.all(page.map(([, room]) => ratesIn(bus, room, now)));
    return {
      rooms: page.map(([online, room], index) => ({ room, online, ...(rates[index] ? { per_second: rates[index] } : {}) })),
      cursor: following.length > size && end ? cursorOf(JSON.stringify(end)) : null,
      total: all.length,
    };
  });
}

const byName = ([, a]: Row, [, b]: Row) => (a < b ? -1 : a > b ? 1 : 0);
const orders: Readonly<Record<NonNullable<RoomsQuery['sort']>, (a: Row, b: Row) => number>> = {
  name: byName,
  online: (a, b) => b[0] - a[0] || byName(a, b),
};

function rowOf(cursor: string): Row {
  const position = positionOf(cursor);
  // The position is JSON text: `[online,"room"]`. A pattern can read it, because room names contain no characters that JSON escapes.
  const [, online, room] = /^\[(\d{1,10}),"([^"\\]{1,128})"\]$/.exec(position) ?? [];
  if (online === undefined || room === undefined) throw badCursor();
  return [Number(online), room];
}
