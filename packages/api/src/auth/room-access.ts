// Rooms that a request's key may access. A route with the room in its path is checked before its handler; handlers that read
// the room from elsewhere call `checkRoom` for each.
import { DanmuxError, roomMatches } from '@danmux/protocol';
import type { FastifyRequest } from 'fastify';

export function mayTouch({ apiKey }: FastifyRequest, room: string): boolean {
  return apiKey?.rooms === undefined || roomMatches(room, apiKey.rooms);
}

/** Throws `forbidden` when the key has no access to this room. */
export function checkRoom(request: FastifyRequest, room: string): void {
  if (!mayTouch(request, room)) throw new DanmuxError('forbidden', { message: 'This key is not for this room.' });
}

/** For a pattern, `prefix*` or `*`: true when the key may access every room it matches. */
export function mayTouchAll({ apiKey }: FastifyRequest, pattern: string): boolean {
  if (apiKey?.rooms === undefined) return true;
  if (!pattern.endsWith('*')) return roomMatches(pattern, apiKey.rooms);
  return apiKey.rooms.some((rule) => rule.endsWith('*') && pattern.startsWith(rule.slice(0, -1)));
}

/** Throws `forbidden` when the key may lack access to a room that the pattern (or name) matches. */
export function checkRooms(request: FastifyRequest, pattern: string): void {
  if (!mayTouchAll(request, pattern)) throw new DanmuxError('forbidden', { message: 'This key is not for all of these rooms.' });
}

/** Before the handler: checks the room of the path, and refuses routes over all rooms to keys of some rooms. */
export function checkRoute(request: FastifyRequest): void {
  if (request.apiKey?.rooms === undefined || request.routeOptions.config.rooms === 'each') return;
  const { room } = request.params as { room?: string };
  if (room === undefined) throw new DanmuxError('forbidden', { message: 'This key is for some rooms only; this route is for all.' });
  checkRoom(request, room);
}
