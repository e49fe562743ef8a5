// Sends a room's messages: what viewers read keeps its order in one pipe, and likes, enters and counters go through another, so that a
// chat never waits behind a hundred hearts. Each message is told as it goes: sending, then sent or unsent.
import { DanmuxError, type Lane, messageTypes, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import type { Tell } from './inbox.ts';
import { Pipe, type SendingRoom } from './pipe.ts';

export class Sending {
  readonly #room: SendingRoom;
  readonly #tell: Tell;
  readonly #ordered: Pipe;
  readonly #ambient: Pipe;

  constructor(room: SendingRoom, connection: Connection, tell: Tell, deadlineMs: number) {
    this.#room = room;
    this.#tell = tell;
    this.#ordered = new Pipe(room, connection, deadlineMs);
    this.#ambient = new Pipe(room, connection, deadlineMs);
  }

  async send(type: string, data: unknown, cid = newCid()): Promise<SendReply> {
    const pipe = laneOf(type) === 'ambient' ? this.#ambient : this.#ordered;
    pipe.checkSpace();
    this.#tell('sending', { cid, type, data });
    try {
      const reply = await pipe.send({ room: this.#room.name, type, data, cid });
      this.#tell('sent', { cid, ...reply });
      return reply;
    } catch (error) {
      if (error instanceof DanmuxError) this.#tell('unsent', { cid, error });
      throw error;
    }
  }

  /** The room was joined, or never will be: what waits for it goes, or is refused. */
  wake(): void {
    this.#ordered.wake();
    this.#ambient.wake();
  }
}

/** Of a built-in type; an application's own types are not known here and keep their order. */
function laneOf(type: string): Lane | undefined {
  return Object.hasOwn(messageTypes, type) ? messageTypes[type as keyof typeof messageTypes].lane : undefined;
}

function newCid(): string {
  const bytes = new Uint8Array(12);
  // Not every host has it; a cid must be unlike the sender's others, and need not be hard to guess.
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) crypto.getRandomValues(bytes);
  else for (const index of bytes.keys()) bytes[index] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
