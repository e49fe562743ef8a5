// One message being sent: its request, deadline and result. It is accepted or refused exactly once. The deadline does not interrupt a request in
// flight, because the server may have accepted it.
import { DanmuxError, type SendReply } from '@danmux/protocol';
import { monotonic } from './server-time.ts';

export interface OutgoingRequest {
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly cid: string;
}

export class Outgoing {
  readonly request: OutgoingRequest;
  readonly answer: Promise<SendReply>;
  /** True while a request is in flight: then only its answer, its timeout or a lost connection may settle the message. */
  inFlight = false;
  /** True when an outage delayed the message: then a rate limit does not mean that the viewer types too fast. */
  delayed = false;
  readonly #deadline: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  #resolve: (reply: SendReply) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #ended = false;

  /** `onDeadline` is called after the message failed because of its deadline. */
  constructor(request: OutgoingRequest, deadlineMs: number, onDeadline: () => void) {
    this.request = request;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#deadline = monotonic() + deadlineMs;
    this.#timer = setTimeout(() => {
      if (this.inFlight) return;
      this.refuse(new DanmuxError('unavailable', { message: 'Not sent: the room was not joined before the deadline (options.sendDeadlineMs).' }));
      onDeadline();
    }, deadlineMs);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** True when the deadline passes within `ms` milliseconds. */
  endsWithin(ms: number): boolean {
    return monotonic() + ms > this.#deadline;
  }

  accept(reply: SendReply): void {
    this.#end();
    this.#resolve(reply);
  }

  refuse(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
