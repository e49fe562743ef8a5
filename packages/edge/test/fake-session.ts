// The part of a session that knows its rooms, for tests that need no socket; `fields` are the rest of it.
import type { Session } from '../src/session/session.ts';

export function fakeSession<T extends object>(fields?: T, ...inside: string[]): Session & T {
  const rooms = new Set(inside);
  const addRoom = (room: string) => void rooms.add(room);
  const removeRoom = (room: string) => void rooms.delete(room);
  return { rooms, addRoom, removeRoom, ...fields } as unknown as Session & T;
}
