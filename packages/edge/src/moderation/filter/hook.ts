// The pre-send hook: asks the backend for a verdict before a message is accepted. After a timeout or an invalid answer,
// `moderation.hook.on_failure` decides. The URL is an operator's setting, not user input, so private addresses are allowed.
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

  /** Verdicts on one viewer's messages settle in call order. Rejects with `content_blocked`, or `unavailable` when `on_failure` blocks. */
  judge(message: FilteredMessage): Promise<Verdict> {
    return this.#order.run(message.viewer.id, this.#judge(message));
  }

  async #judge(message: FilteredMessage): Promise<Verdict> {
    const answer = await this.#ask(message);
    if (answer === null) return this.#undecided(message);
    this.#runtime.metrics.screened.inc({ by: 'hook', action: answer.action });
    return verdictOf(answer, message);
  }

  /** Null when the hook gave no valid answer. */
  async #ask(message: FilteredMessage): Promise<HookAnswer | null> {
    if (this.#underWay >= this.#runtime.config.moderation.hook.concurrency) return this.#without('busy', message);
    if (!this.#circuit.maySend()) return this.#without('circuit_open', message);
    this.#underWay++;
    const observe = this.#runtime.metrics.hookSeconds.startTimer();
    try {
      const { status, text } = await this.#post(message);
      if (status !== 200) return this.#failed('status', message, new Error(`answered ${status}`));
      const answer = parsed(text);
      if (answer instanceof Error) return this.#failed('malformed', message, answer);
      observe();
      if (this.#circuit.succeeded()) this.#runtime.log.info('pre-send hook has recovered');
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
      this.#runtime.log.warn({ err: error, reason }, 'pre-send hook failed repeatedly; probing it once a second, on_failure applies until it recovers');
    return this.#without(reason, message, error);
  }

  #without(reason: Failure, { id, room, type }: FilteredMessage, error?: unknown): null {
    this.#runtime.metrics.hookFailures.inc({ reason });
    this.#runtime.log.debug({ err: error, reason, id, room, type }, 'pre-send hook gave no verdict');
    return null;
  }

  #undecided({ type, data }: FilteredMessage): Verdict {
    const rules = this.#runtime.config.moderation.hook.on_failure;
    const rule = Object.hasOwn(rules, type) ? rules[type] : 'pass';
    if (rule !== 'block') return { action: 'pass', data };
    // Not `content_blocked`: the message was never judged, and a retry may pass.
    throw new DanmuxError('unavailable', {
      message: 'The message could not be checked and was not sent; try again.',
      retryAfterMs: circuitOptions.probeEveryMs,
    });
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
    throw new ConfigError(
      'moderation.hook.secret must be whsec_ followed by base64, as the Standard Webhooks libraries generate it; it signs the requests to the hook.',
      {
        cause: error,
      },
    );
  }
}
