// The pre-send hook: asks the backend what is to become of a message before it is accepted. A hook that does not answer in time, or
// with something else, decides nothing: then `moderation.hook.on_failure` does. Its URL is the operator's own setting, no user's, so
// that it may well be of a private network, and no address is refused.
import { DanmuxError } from '@danmux/protocol';
import { ConfigError, type Part, type Runtime, toJson } from '@danmux/runtime';
import { Webhook } from 'standardwebhooks';
import { Circuit } from './circuit.ts';
import type { FilteredMessage, Verdict } from './filter.ts';
import { type HookAnswer, hookAnswerOf } from './hook-answer.ts';
import { HookRequest } from './hook-request.ts';
import { InOrder } from './in-order.ts';

const maxAnswerBytes = 65_536;
const circuitOptions = { failures: 5, probeEveryMs: 1_000 };

type Failure = 'busy' | 'circuit_open' | 'no_answer' | 'status' | 'malformed';

export class Hook implements Part {
  readonly name = 'hook';
  readonly #runtime: Runtime;
  readonly #request: HookRequest;
  readonly #webhook: Webhook;
  readonly #circuit: Circuit;
  readonly #order = new InOrder();
  #underWay = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const { url, secret, concurrency, timeout_ms } = runtime.config.moderation.hook;
    this.#webhook = signerOf(secret);
    this.#request = new HookRequest(urlOf(url), { connections: concurrency, timeoutMs: timeout_ms, maxBytes: maxAnswerBytes });
    this.#circuit = new Circuit(runtime.clock, circuitOptions);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#request.close();
  }

  /** Answers of one viewer's messages come in the order of the calls. Rejects with `content_blocked`, or `unavailable` on failure. */
  judge(message: FilteredMessage): Promise<Verdict> {
    return this.#order.run(message.viewer.id, this.#judge(message));
  }

  async #judge(message: FilteredMessage): Promise<Verdict> {
    const answer = await this.#ask(message);
    if (answer === null) return this.#undecided(message);
    this.#runtime.metrics.screened.inc({ by: 'hook', action: answer.action });
    return verdictOf(answer, message);
  }

  /** Null when there is no usable answer. */
  async #ask(message: FilteredMessage): Promise<HookAnswer | null> {
    if (this.#underWay >= this.#runtime.config.moderation.hook.concurrency) return this.#without('busy', message);
    if (!this.#circuit.mayAsk()) return this.#without('circuit_open', message);
    this.#underWay++;
    const observe = this.#runtime.metrics.hookSeconds.startTimer();
    try {
      const { status, text } = await this.#post(message);
      if (status !== 200) return this.#failed('status', message, new Error(`answered ${status}`));
      const answer = parsed(text);
      if (answer instanceof Error) return this.#failed('malformed', message, answer);
      observe();
      if (this.#circuit.succeeded()) this.#runtime.log.info('the pre-send hook answers again');
      return answer;
    } catch (error) {
      return this.#failed('no_answer', message, error);
    } finally {
      this.#underWay--;
    }
  }

  #post({ id, room, type, data, viewer }: FilteredMessage): Promise<{ status: number; text: string }> {
    const ts = this.#runtime.clock.now();
    const body = toJson({ id, room, type, data, from: viewer.from, ts });
    const sentAt = new Date(ts);
    return this.#request.post(body, {
      'user-agent': `danmux/${this.#runtime.version}`,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(ts / 1_000)),
      'webhook-signature': this.#webhook.sign(id, sentAt, body),
    });
  }

  #failed(reason: Failure, message: FilteredMessage, error: unknown): null {
    if (this.#circuit.failed())
      this.#runtime.log.warn({ err: error, reason }, 'the pre-send hook fails; it is asked no more but for a probe a second, and on_failure decides');
    return this.#without(reason, message, error);
  }

  #without(reason: Failure, { id, room, type }: FilteredMessage, error?: unknown): null {
    this.#runtime.metrics.hookFailures.inc({ reason });
    this.#runtime.log.debug({ err: error, reason, id, room, type }, 'no answer of the pre-send hook');
    return null;
  }

  #undecided({ type, data }: FilteredMessage): Verdict {
    const rules = this.#runtime.config.moderation.hook.on_failure;
    const rule = Object.hasOwn(rules, type) ? rules[type] : 'pass';
    if (rule !== 'block') return { action: 'pass', data };
    // Not `content_blocked`: nobody has judged the message, and it may pass when it is sent again.
    throw new DanmuxError('unavailable', { message: 'The message could not be checked; nothing was accepted.', retryAfterMs: circuitOptions.probeEveryMs });
  }
}

function verdictOf(answer: HookAnswer, message: FilteredMessage): Verdict {
  const data = Object.hasOwn(answer, 'data') ? answer.data : message.data;
  switch (answer.action) {
    case 'block':
      throw new DanmuxError('content_blocked', answer.message === undefined ? {} : { message: answer.message });
    case 'hold':
      return { action: 'hold', data, reason: answer.message === undefined ? 'hook' : `hook: ${answer.message}` };
    case 'shadow':
      return { action: 'shadow', data };
    default:
      return { action: 'pass', data };
  }
}

function parsed(text: string): HookAnswer | Error {
  try {
    return hookAnswerOf(text);
  } catch (error) {
    return error as Error;
  }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ConfigError(`moderation.hook.url must be an http:// or https:// address; got "${text}".`);
}

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (error) {
    throw new ConfigError('moderation.hook.secret must be whsec_ and base64, as the Standard Webhooks libraries make it; it signs what the hook is asked.', {
      cause: error,
    });
  }
}
