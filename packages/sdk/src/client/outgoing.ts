// One message on its way to the server: request, deadline and result. It settles once. The deadline does not interrupt a request in
// flight.
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
  /** A request is in flight: only its answer, or its loss, may settle the message. */
  inFlight = false;
  /** An outage delayed it, so a rate limit does not mean that its sender types too fast now. */
  delayed = false;
  readonly #deadline: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  #resolve: (reply: SendReply) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #ended = false;

  /** `onDeadline` is called when the deadline settled it. */
  constructor(request: OutgoingRequest, deadlineMs: number, onDeadline: () => void) {
    this.request = request;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#deadline = monotonic() + deadlineMs;
    this.#timer = setTimeout(() => {
      if (this.inFlight) return;
      this.refuse(new DanmuxError('unavailable', { message: 'Not connected in time.' }));
      onDeadline();
    }, deadlineMs);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** True when its deadline is less than `ms` away. */
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
