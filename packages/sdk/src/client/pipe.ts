// Sends a room's messages one at a time: each waits until the previous one is accepted or refused, so that lost connections do not change
// their order. An unanswered message is sent again with the same cid, and the server accepts it once. The queue is bounded.
import { DanmuxError, errors, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { delayAfter } from './delay.ts';
import { Outgoing, type OutgoingRequest } from './outgoing.ts';

const maxQueued = 100;

/** The state of a room that decides whether its messages can be sent. */
export interface SendingRoom {
  readonly name: string;
  readonly joined: boolean;
  /** Set when the viewer is not admitted to the room or left it: messages fail with this error instead of waiting. */
  readonly refusal: DanmuxError | undefined;
}

export class Pipe {
  readonly #room: SendingRoom;
  readonly #connection: Pick<Connection, 'request'>;
  readonly #deadlineMs: number;
  /** The queued messages in the order of the calls to `send`. A request is made only for the first one. */
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
    throw new DanmuxError('rate_limited', {
      message: `${maxQueued} messages are already queued; send fewer, or wait until the room is joined.`,
      retryAfterMs: 1_000,
    });
  }

  /** Resolves with the server's answer; rejects with the error that refused the message. Call `checkSpace` first, because `send` ignores the cap. */
  send(request: OutgoingRequest): Promise<SendReply> {
    const message = new Outgoing(request, this.#deadlineMs, () => this.#clear());
    message.delayed = this.#pipe[0]?.delayed ?? false;
    if (this.#room.refusal) message.refuse(this.#room.refusal);
    else this.#pipe.push(message);
    void this.#run();
    return message.answer;
  }

  /** Call after the room was joined or refused: queued messages are sent, or fail with the refusal. */
  wake(): void {
    const { refusal } = this.#room;
    if (refusal) for (const message of this.#pipe) if (!message.inFlight) message.refuse(refusal);
    this.#clear();
  }

  /** Removes settled messages and ends the current pause. */
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

  /** Sends the message until it is accepted or refused. Never throws: when an error is not retried, it refuses the message. */
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

  /** Makes one request. Returns the milliseconds until the next attempt; 0 when the message was accepted or refused. */
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

  /** Resolves at `wake`, when the deadline of a queued message passes, or after `ms` when given. */
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

/**
 * Milliseconds until a retry; 0: no retry, the caller gets the error. A rate limit is retried only for a message that an outage has delayed. Such
 * messages are sent in a burst after the outage, and the viewer did not cause it.
 */
function waitAfter(error: unknown, delayed: boolean, attempt: number): number {
  if (!(error instanceof DanmuxError)) return 0;
  const { status } = errors[error.code];
  if (status === 503) return delayAfter(error.retryAfterMs, attempt);
  return status === 429 && delayed && error.retryAfterMs !== undefined ? delayAfter(error.retryAfterMs, 1) : 0;
}
