// One message on its way to the server: its request, its deadline and its answer. It ends once, by its answer or by what
// refuses it; while no request of it is under way its deadline ends it.
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
  /** A request is under way: only its answer, or its loss, may end the message. */
  asking = false;
  /** Something delayed it, so a limit that refuses it says nothing about how fast its sender types now. */
  delayed = false;
  readonly #deadline: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  #resolve: (reply: SendReply) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #ended = false;

  /** `onDeadline` is called when the deadline ended it. */
  constructor(request: OutgoingRequest, deadlineMs: number, onDeadline: () => void) {
    this.request = request;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#deadline = monotonic() + deadlineMs;
    this.#timer = setTimeout(() => {
      if (this.asking) return;
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
