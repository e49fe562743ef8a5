// Runs every viewer event: finds the handler, validates the payload, answers the ack, and maps any thrown error to an error code. Catches
// everything, because a throw in a socket.io listener would crash the process.
import { DanmuxError, errors } from '@danmux/protocol';
import { type ViewerEvent, viewerSchemas } from '@danmux/protocol/schemas';
import { newId, type Runtime } from '@danmux/runtime';
import { Compile } from 'typebox/compile';
import { hasOwnLimit } from '../moderation/send-limits.ts';
import type { Session } from '../session/session.ts';
import type { Answer, Handlers } from './handlers.ts';

type Ack = (reply: object) => void;

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: { readonly allowedValue?: unknown };
}

const checks = Object.fromEntries(Object.entries(viewerSchemas).map(([event, schema]) => [event, Compile(schema)])) as unknown as Record<
  ViewerEvent,
  { Check(value: unknown): boolean; Errors(value: unknown): SchemaError[] }
>;

/** Retry hint for a viewer that does not read its replies, milliseconds. */
const behindRetryMs = 1_000;

export class Dispatch {
  readonly #runtime: Runtime;
  readonly #handlers: Handlers;

  constructor(runtime: Runtime, handlers: Handlers) {
    this.#runtime = runtime;
    this.#handlers = handlers;
  }

  /** Handles one event; never rejects, errors go to the ack. */
  async run(session: Session, event: string, args: readonly unknown[]): Promise<void> {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as Ack) : undefined;
    try {
      this.#checkRate(session, event, args[0]);
      const { reply, after } = await this.#call(session, event, ack ? args.slice(0, -1) : args);
      ack?.({ ok: true, ...reply });
      after?.();
    } catch (error) {
      this.#refuse(session, event, error, ack);
    }
  }

  #checkRate(session: Session, event: string, payload: unknown): void {
    if (session.behind)
      throw new DanmuxError('rate_limited', { message: 'Too many unread replies; read them before sending more requests.', retryAfterMs: behindRetryMs });
    if (this.#runtime.config.shedding === 'off') return;
    const wait = session.spendRequest(this.#kindOf(event, payload), this.#runtime.clock.now());
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
  }

  /** The message type when it has its own send limit, so that it gets its own bucket; '' for everything else. */
  #kindOf(event: string, payload: unknown): string {
    if (event !== 'send' || typeof payload !== 'object' || payload === null) return '';
    const { type } = payload as { type?: unknown };
    const { types } = this.#runtime.config.messages;
    if (typeof type !== 'string' || !Object.hasOwn(types, type)) return '';
    return types[type]?.viewer && hasOwnLimit(types[type]) ? type : '';
  }

  async #call(session: Session, event: string, args: readonly unknown[]): Promise<Answer<object>> {
    if (!isViewerEvent(event)) {
      throw new DanmuxError('unknown_event', {
        message: `Unknown event "${String(event).slice(0, 64)}"; the known events are ${Object.keys(viewerSchemas).join(', ')}.`,
      });
    }
    return this.#handlers[event](session, checked(event, args));
  }

  #refuse(session: Session, event: string, error: unknown, ack: Ack | undefined): void {
    const refusal = error instanceof DanmuxError ? error : new DanmuxError('internal', { cause: error });
    this.#runtime.metrics.refused.inc({ source: 'edge', code: refusal.code });
    if (errors[refusal.code].status >= 500 && refusal.code !== 'unavailable') {
      const trace = newId();
      this.#runtime.caught('dispatch', error, 'viewer event failed', { level: 'error', fields: { event, session: session.id, trace }, most: 20 });
    }
    if (ack) ack({ ok: false, error: refusal.toBody() });
    else session.emit('notice', { code: refusal.code, message: refusal.message });
  }
}

/** Accepts any value, because a client may send anything as the event name. */
function isViewerEvent(event: unknown): event is ViewerEvent {
  return typeof event === 'string' && Object.hasOwn(viewerSchemas, event);
}

/** Returns the payload if it matches the event's schema, else throws `invalid_request`. The type `never` fits the handler of every event. */
function checked(event: ViewerEvent, args: readonly unknown[]): never {
  const [payload] = args;
  const check = checks[event];
  if (check.Check(payload)) return payload as never;
  const found = check.Errors(payload);
  const path = found[0]?.instancePath ? found[0].instancePath.slice(1).replaceAll('/', '.') : 'payload';
  throw new DanmuxError('invalid_request', { message: `${event}: ${path} ${complaint(found)}.` });
}

function complaint([first, ...others]: readonly SchemaError[]): string {
  if (!first) return 'does not match the documented form';
  // JSON Schema reports an unknown field as the keyword `boolean`, and each allowed value of a list as a separate `const` error.
  if (first.keyword === 'boolean') return 'is not a known field';
  if (first.keyword !== 'const') return first.message;
  const choices = [first, ...others].flatMap(({ keyword, params }) => (keyword === 'const' ? [String(params.allowedValue)] : []));
  return `must be one of ${choices.join(', ')}`;
}
