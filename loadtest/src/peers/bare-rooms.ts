// The minimum of Engine.IO and Socket.IO for a viewer to connect and join, for peers without socket.io.

/** Returns the answer to a viewer's packet; calls `join` with the requested room. */
export function answerTo(text: string, join: (room: string) => void): string | undefined {
  if (text.startsWith('420')) {
    const [, { room }] = JSON.parse(text.slice(3)) as [string, { room: string }];
    join(room);
    return '430[{"ok":true}]';
  }
  return text.startsWith('40') ? '40{"sid":"bare"}' : undefined;
}

export const openPacket = '0{"sid":"bare","upgrades":[],"pingInterval":25000,"pingTimeout":20000}';

export class Rooms<T> {
  readonly #rooms = new Map<string, Set<T>>();

  join(room: string, member: T): void {
    const members = this.#rooms.get(room) ?? new Set();
    this.#rooms.set(room, members.add(member));
  }

  leave(member: T): void {
    for (const members of this.#rooms.values()) members.delete(member);
  }

  of(room: string): Iterable<T> {
    return this.#rooms.get(room) ?? [];
  }
}
