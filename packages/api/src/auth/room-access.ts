// Checks which rooms the key of a request may access. The room in the path of a route is checked before its handler; a handler that gets
// rooms elsewhere calls `checkRoom` for each.
import { DanmuxError, roomMatches } from '@danmux/protocol';
import type { FastifyRequest } from 'fastify';

export function mayTouch({ apiKey }: FastifyRequest, room: string): boolean {
  return apiKey?.rooms === undefined || roomMatches(room, apiKey.rooms);
}

/** Throws `forbidden` when the key may not access this room. */
export function checkRoom(request: FastifyRequest, room: string): void {
  if (!mayTouch(request, room)) throw new DanmuxError('forbidden', { message: 'This key may not access this room.' });
}

/** True when the key may access every room that the pattern matches. The pattern is a room name, `prefix*` or `*`. */
export function mayTouchAll({ apiKey }: FastifyRequest, pattern: string): boolean {
  if (apiKey?.rooms === undefined) return true;
  if (!pattern.endsWith('*')) return roomMatches(pattern, apiKey.rooms);
  return apiKey.rooms.some((rule) => rule.endsWith('*') && pattern.startsWith(rule.slice(0, -1)));
}

/** Throws `forbidden` unless the key may access every room that the name or pattern matches. */
export function checkRooms(request: FastifyRequest, pattern: string): void {
  if (!mayTouchAll(request, pattern)) throw new DanmuxError('forbidden', { message: 'This key may not access all of these rooms.' });
}

/** Runs before the handler. For a key limited to some rooms it checks the room in the path, and refuses a route without a room in its path. */
export function checkRoute(request: FastifyRequest): void {
  if (request.apiKey?.rooms === undefined || request.routeOptions.config.rooms === 'each') return;
  const { room } = request.params as { room?: string };
  if (room === undefined) throw new DanmuxError('forbidden', { message: 'This key is limited to some rooms, and this route is about all rooms.' });
  checkRoom(request, room);
}
