// Sends messages of a room one after the other: each waits for the answer to the one before, so that lost connections and outages do not
// change their order. A message without an answer is sent again with the same cid, and the server accepts it once. The queue is bounded.
import { DanmuxError, errors, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { retryDelay } from './delay.ts';
import { Outgoing, type OutgoingRequest } from './outgoing.ts';

const maxQueued = 100;

export interface SendingRoom {
  readonly name: string;
  readonly joined: boolean;
  /** The reason why nothing can be sent, if waiting cannot help. */
  readonly refusal: DanmuxError | undefined;
}

export class Pipe {
  readonly #room: SendingRoom;
  readonly #connection: Pick<Connection, 'request'>;
  readonly #deadlineMs: number;
  /** In the order of the calls; the first is in flight. */
  #pipe: Outgoing[] = [];
  #running = false;
  #wakeUp = () => {};

  constructor(room: SendingRoom, connection: Pick<Connection, 'request'>, deadlineMs: number) {
    this.#room = room;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  /** Throws `rate_limited` when the queue is full. */
  checkSpace(): void {
    if (this.#pipe.length < maxQueued) return;
    throw new DanmuxError('rate_limited', { message: `${maxQueued} messages wait to be sent already.`, retryAfterMs: 1_000 });
  }

  /** Resolves with the answer; rejects with the error of the message. Call `checkSpace` before. */
  send(request: OutgoingRequest): Promise<SendReply> {
    const message = new Outgoing(request, this.#deadlineMs, () => this.#clear());
    message.delayed = this.#pipe[0]?.delayed ?? false;
    if (this.#room.refusal) message.refuse(this.#room.refusal);
    else this.#pipe.push(message);
    void this.#run();
    return message.answer;
  }

  /** The room was joined or refused: maxQueued messages are sent or fail. */
  wake(): void {
    const { refusal } = this.#room;
    if (refusal) for (const message of this.#pipe) if (!message.inFlight) message.refuse(refusal);
    this.#clear();
  }

  /** Removes settled messages and looks at the first one again. */
  #clear(): void {
    this.#pipe = this.#pipe.filter(({ ended }) => !ended);
    this.#wakeUp();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let first = this.#pipe[0]; first; first = this.#pipe[0]) {
      await this.#sendUntilEnded(first);
      this.#pipe = this.#pipe.filter((message) => message !== first);
    }
    this.#running = false;
  }

  /** Never throws: errors settle the message. */
  async #sendUntilEnded(message: Outgoing): Promise<void> {
    for (let attempt = 1; !message.ended; attempt++) {
      while (!this.#room.joined && !message.ended) {
        for (const waiting of this.#pipe) waiting.delayed = true;
        await this.#pause();
      }
      if (message.ended) return;
      const wait = await this.#attempt(message, attempt);
      if (wait > 0) await this.#pause(wait);
    }
  }

  /** Milliseconds until the next try; 0 when the message has settled. */
  async #attempt(message: Outgoing, attempt: number): Promise<number> {
    message.inFlight = true;
    try {
      const { id, held } = await this.#connection.request<SendReply>('send', message.request);
      message.accept({ id, ...(held ? { held } : {}) });
    } catch (error) {
      message.inFlight = false;
      const wait = waitAfter(error, message.delayed, attempt);
      const { refusal } = this.#room;
      if (wait > 0 && !refusal && !message.endsWithin(wait)) {
        for (const waiting of this.#pipe) waiting.delayed = true;
        return wait;
      }
      message.refuse(wait > 0 && refusal ? refusal : error);
    }
    return 0;
  }

  /** Resolves at `wake`, when a maxQueued message settles, or after `ms`. */
  #pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** 0: no retry. Rate limits are reported to the sender, except after an outage that made the messages arrive at once. */
function waitAfter(error: unknown, delayed: boolean, attempt: number): number {
  if (!(error instanceof DanmuxError)) return 0;
  const { status } = errors[error.code];
  if (status === 503) return Math.max(error.retryAfterMs ?? 0, retryDelay(attempt));
  return status === 429 && delayed && error.retryAfterMs !== undefined ? error.retryAfterMs + retryDelay(1) : 0;
}
