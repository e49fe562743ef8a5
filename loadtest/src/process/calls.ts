// Remote calls between the load test and its forked processes over Node's IPC: a method name, an answer, and events in between.
import type { ChildProcess } from 'node:child_process';

interface Call {
  readonly call: number;
  readonly method: string;
  readonly argument: unknown;
}
interface Answer {
  readonly answer: number;
  readonly result?: unknown;
  readonly error?: string;
}
interface Told {
  readonly event: unknown;
}

export class Caller {
  readonly #process: ChildProcess;
  readonly #open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #calls = 0;

  /** `onEvent` receives the events that the other side sends between answers. */
  constructor(process: ChildProcess, onEvent: (event: unknown) => void) {
    this.#process = process;
    process.on('message', (message: Answer | Told) => {
      if ('event' in message) onEvent(message.event);
      else if ('answer' in message) this.#settle(message);
    });
    process.once('exit', (code, signal) => {
      for (const { reject } of this.#open.values()) reject(new Error(`the process ended with ${signal ?? code} during a call`));
      this.#open.clear();
    });
  }

  call<T>(method: string, argument: unknown = null): Promise<T> {
    const call = ++this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#open.set(call, { resolve: (result) => resolve(result as T), reject });
      this.#process.send({ call, method, argument } satisfies Call, (error) => error && this.#settle({ answer: call, error: error.message }));
    });
  }

  #settle({ answer, result, error }: Answer): void {
    const waiting = this.#open.get(answer);
    this.#open.delete(answer);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }
}

export type Methods = Readonly<Record<string, (argument: never) => unknown>>;

/** Answers the calls of the parent process until it disconnects. */
export function answerCalls(methods: Methods): void {
  process.on('message', async ({ call, method, argument }: Call) => {
    try {
      const run = methods[method];
      if (!run) throw new Error(`there is no method ${method}`);
      send({ answer: call, result: (await run(argument as never)) ?? null });
    } catch (error) {
      send({ answer: call, error: (error as Error).stack ?? String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  send('ready');
}

export function sendEvent(event: unknown): void {
  send({ event } satisfies Told);
}

function send(message: Answer | Told | 'ready'): void {
  // Without a connection the parent has ended, and the `disconnect` handler ends this process. A failed send is ignored for the same reason.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
