// Sends a room's messages: waits until the room is joined, and sends again under one cid while there is no answer, so that it is one
// message. Only so many wait at once.
import { DanmuxError, errors, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { retryDelay } from './delay.ts';
import type { Tell } from './inbox.ts';

const queued = 100;

export interface SendingRoom {
  readonly name: string;
  readonly joined: boolean;
  /** Why nothing can be sent, and waiting cannot help. */
  readonly refusal: DanmuxError | undefined;
}

export class Sending {
  readonly #room: SendingRoom;
  readonly #connection: Connection;
  readonly #tell: Tell;
  readonly #deadlineMs: number;
  readonly #waiting = new Set<() => void>();
  #sending = 0;

  constructor(room: SendingRoom, connection: Connection, tell: Tell, deadlineMs: number) {
    this.#room = room;
    this.#tell = tell;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  async send(type: string, data: unknown, cid = newCid()): Promise<SendReply> {
    if (this.#sending >= queued) throw new DanmuxError('rate_limited', { message: `${queued} messages wait to be sent already.`, retryAfterMs: 1_000 });
    this.#sending++;
    this.#tell('sending', { cid, type, data });
    try {
      const reply = await this.#sendUntil(Date.now() + this.#deadlineMs, { room: this.#room.name, type, data, cid });
      this.#tell('sent', { cid, ...reply });
      return reply;
    } catch (error) {
      if (error instanceof DanmuxError) this.#tell('unsent', { cid, error });
      throw error;
    } finally {
      this.#sending--;
    }
  }

  /** The room was joined, or never will be: those who wait for it look again. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #sendUntil(deadline: number, request: { room: string; type: string; data: unknown; cid: string }): Promise<SendReply> {
    for (let attempt = 1; ; attempt++) {
      await this.#untilJoined(deadline);
      try {
        const { id, held } = await this.#connection.request<SendReply>('send', request);
        return { id, ...(held ? { held } : {}) };
      } catch (error) {
        // A limit is for the person to know; an outage is waited out.
        const waits = error instanceof DanmuxError && errors[error.code].status === 503;
        if (!waits || Date.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt)));
    }
  }

  async #untilJoined(deadline: number): Promise<void> {
    while (!this.#room.joined) {
      const left = deadline - Date.now();
      if (this.#room.refusal) throw this.#room.refusal;
      if (left <= 0) throw new DanmuxError('unavailable', { message: 'Not connected in time.' });
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
  }
}

function newCid(): string {
  const bytes = new Uint8Array(12);
  // Not every host has it; a cid must be unlike the sender's others, and need not be hard to guess.
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) crypto.getRandomValues(bytes);
  else for (const index of bytes.keys()) bytes[index] = Math.random() * 256;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
