// Messages of a room that go one after the other: a message goes when the one before it was answered, so neither a lost connection nor
// an outage changes their order. Without an answer it is sent again under its cid, which makes it one message. The pipe has a cap.
import { DanmuxError, errors, type SendReply } from '@danmux/protocol';
import type { Connection } from './connection.ts';
import { retryDelay } from './delay.ts';
import { Outgoing, type OutgoingRequest } from './outgoing.ts';

const queued = 100;

export interface SendingRoom {
  readonly name: string;
  readonly joined: boolean;
  /** Why nothing can be sent, and waiting cannot help. */
  readonly refusal: DanmuxError | undefined;
}

export class Pipe {
  readonly #room: SendingRoom;
  readonly #connection: Pick<Connection, 'request'>;
  readonly #deadlineMs: number;
  /** In the order of the calls; the first is the one being sent. */
  #pipe: Outgoing[] = [];
  #running = false;
  #goOn = () => {};

  constructor(room: SendingRoom, connection: Pick<Connection, 'request'>, deadlineMs: number) {
    this.#room = room;
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  /** Throws `rate_limited` when too many wait. */
  checkSpace(): void {
    if (this.#pipe.length < queued) return;
    throw new DanmuxError('rate_limited', { message: `${queued} messages wait to be sent already.`, retryAfterMs: 1_000 });
  }

  /** Resolves with the answer; rejects with what refused the message. Call `checkSpace` before. */
  send(request: OutgoingRequest): Promise<SendReply> {
    const message = new Outgoing(request, this.#deadlineMs, () => this.#clear());
    message.delayed = this.#pipe[0]?.delayed ?? false;
    if (this.#room.refusal) message.refuse(this.#room.refusal);
    else this.#pipe.push(message);
    void this.#run();
    return message.answer;
  }

  /** The room was joined, or never will be: what waits for it goes, or is refused. */
  wake(): void {
    const { refusal } = this.#room;
    if (refusal) for (const message of this.#pipe) if (!message.asking) message.refuse(refusal);
    this.#clear();
  }

  /** Takes out what ended where it waited, and has the first one looked at again. */
  #clear(): void {
    this.#pipe = this.#pipe.filter(({ ended }) => !ended);
    this.#goOn();
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

  /** Never throws: what goes wrong is the message's answer. */
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

  /** Milliseconds until the next try; 0 when the message has ended. */
  async #attempt(message: Outgoing, attempt: number): Promise<number> {
    message.asking = true;
    try {
      const { id, held } = await this.#connection.request<SendReply>('send', message.request);
      message.accept({ id, ...(held ? { held } : {}) });
    } catch (error) {
      message.asking = false;
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

  /** Until `wake`, the end of a message that waits, or `ms`. */
  #pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** 0 for what trying again cannot mend, or is for the person to know: a limit, unless an outage made the messages come at once. */
function waitAfter(error: unknown, delayed: boolean, attempt: number): number {
  if (!(error instanceof DanmuxError)) return 0;
  const { status } = errors[error.code];
  if (status === 503) return Math.max(error.retryAfterMs ?? 0, retryDelay(attempt));
  return status === 429 && delayed && error.retryAfterMs !== undefined ? error.retryAfterMs + retryDelay(1) : 0;
}
