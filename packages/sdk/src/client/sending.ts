// Sends a room's messages in two queues: chat and application types in one, which keeps their order; likes, enters and counters in another, so
// that chat does not wait behind many likes. Emits `sending`, then `sent` or `unsent`, for each message.
import { DanmuxError, type Lane, lanes, messageTypes, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import type { EmitRoomEvent } from './inbox.ts';
import { Pipe, type SendingRoom } from './pipe.ts';

export class Sending {
  readonly #room: SendingRoom;
  readonly #emit: EmitRoomEvent;
  readonly #ordered: Pipe;
  readonly #ambient: Pipe;

  constructor(room: SendingRoom, connection: Connection, emit: EmitRoomEvent, deadlineMs: number) {
    this.#room = room;
    this.#emit = emit;
    this.#ordered = new Pipe(room, connection, deadlineMs);
    this.#ambient = new Pipe(room, connection, deadlineMs);
  }

  async send(type: string, data: unknown, cid = newCid()): Promise<SendReply> {
    const lane = laneOf(type);
    const pipe = lane && lanes[lane].merges === 'counters' ? this.#ambient : this.#ordered;
    pipe.checkSpace();
    this.#emit('sending', { cid, type, data });
    try {
      const reply = await pipe.send({ room: this.#room.name, type, data, cid });
      this.#emit('sent', { cid, ...reply });
      return reply;
    } catch (error) {
      if (error instanceof DanmuxError) this.#emit('unsent', { cid, error });
      throw error;
    }
  }

  /** Call after the room was joined or refused: queued messages are sent, or fail with the refusal. */
  wake(): void {
    this.#ordered.wake();
    this.#ambient.wake();
  }
}

/** The lane of a built-in type; undefined for an application's type, whose lane only the server knows. */
function laneOf(type: string): Lane | undefined {
  return Object.hasOwn(messageTypes, type) ? messageTypes[type as keyof typeof messageTypes].lane : undefined;
}

function newCid(): string {
  const bytes = new Uint8Array(12);
  // Some hosts lack `crypto`; Math.random is enough, because a cid must be unique per sender and need not be hard to guess.
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) crypto.getRandomValues(bytes);
  else for (const index of bytes.keys()) bytes[index] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
