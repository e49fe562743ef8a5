// The audit log: one row for every request to a route that is not public, except GET, HEAD and OPTIONS, allowed or refused, in the process
// log and in the store. A row holds caller, route, result and a few fields of the body; it never holds message text or a key. Rows of
// moderation and administration are stored before the reply is sent, if the store is available. Rows of publishing and of unauthenticated
// requests are written in batches to two separate logs, each with its own cap, so that they cannot evict the other rows.
import type { Bus } from '@danmux/bus';
import type { AuditLogName, AuditRow } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemType } from './problem.ts';

/** Name of each log in the store. */
export const auditLogs: Readonly<Record<AuditLogName, string>> = { changes: 'audit', publishing: 'audit:publishing', unknown: 'audit:unknown' };
/** The only body fields that are recorded. */
const recordedFields = [
  'id',
  'user',
  'sub',
  'room',
  'rooms',
  'type',
  'scopes',
  'modes',
  'action',
  'all',
  'recall',
  'ban_ms',
  'for_ms',
  'until',
  'reason',
  'by',
  'grace_ms',
  'expires_at',
];
/** Maximum length of the recorded fields of one row, as JSON. */
const maxRecordedChars = 500;
const flushMs = 200;
const retryMs = 2_000;
const maxQueuedRows = 20_000;
const rowsPerWrite = 500;
const readMethods = ['GET', 'HEAD', 'OPTIONS'];

export function addAudit(app: FastifyInstance, runtime: Runtime, bus: Bus): void {
  const writers = {
    changes: new AuditWriter(runtime, bus, 'changes'),
    publishing: new AuditWriter(runtime, bus, 'publishing'),
    unknown: new AuditWriter(runtime, bus, 'unknown'),
  };
  app.addHook('onSend', async (request, reply, payload) => {
    if (isAudited(request)) {
      const row = rowOf(runtime, request, reply, payload);
      const { key, ...rest } = row;
      const publishes = request.routeOptions.config.scope === 'publish';
      // The log line says `key_id`, because the logger redacts every field named `key`. Publishing is logged at debug level, because it is frequent.
      const line = { key_id: key, ...rest };
      if (key === null) runtime.counted.info(line, 'audit: request without a valid key');
      else runtime.log[publishes ? 'debug' : 'info'](line, 'audit');
      // `add` only queues the row: the replies to unauthenticated requests and to publishing must not wait for the store.
      if (key === null) writers.unknown.add(row);
      else if (publishes) writers.publishing.add(row);
      else await writers.changes.write(row);
    }
    return payload;
  });
  app.addHook('onClose', async () => {
    await Promise.all(Object.values(writers).map((writer) => writer.stop()));
  });
}

function isAudited({ method, is404, routeOptions: { config } }: FastifyRequest): boolean {
  return !readMethods.includes(method) && !is404 && !config.public;
}

function rowOf({ clock, clientAddress }: Runtime, request: FastifyRequest, reply: FastifyReply, payload: unknown): AuditRow {
  const code = codeOf(reply, payload);
  return {
    ts: clock.now(),
    key: request.keyId || null,
    method: request.method,
    route: request.routeOptions.url ?? '',
    params: { ...(request.params as Record<string, string>) },
    ...recordedOf(request.body),
    status: reply.statusCode,
    ...(code === undefined ? {} : { code }),
    trace: request.id,
    address: clientAddress(request.raw),
  };
}

/** The recorded fields of an object body; a field that would exceed the maximum is left out. */
function recordedOf(body: unknown): { asked?: Record<string, unknown> } {
  if (typeof body !== 'object' || body === null) return {};
  const asked: Record<string, unknown> = {};
  let left = maxRecordedChars;
  for (const field of recordedFields) {
    const value = Object.hasOwn(body, field) ? (body as Record<string, unknown>)[field] : undefined;
    const size = value === undefined || value === null ? 0 : JSON.stringify(value).length;
    if (size === 0 || size > left) continue;
    asked[field] = value;
    left -= size;
  }
  return Object.keys(asked).length > 0 ? { asked } : {};
}

function codeOf(reply: FastifyReply, payload: unknown): string | undefined {
  if (reply.getHeader('content-type') !== problemType || typeof payload !== 'string') return undefined;
  return (JSON.parse(payload) as { code: string }).code;
}

class AuditWriter {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #log: AuditLogName;
  #queued: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Bus, log: AuditLogName) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#log = log;
  }

  /** Resolves when the row is stored, or when it is queued for a retry because storing it failed. Never rejects. */
  async write(row: AuditRow): Promise<void> {
    const text = JSON.stringify(row);
    await this.#append([text]).catch((error: unknown) => {
      this.#failed(error);
      this.#enqueue([text]);
      this.#schedule(retryMs);
    });
  }

  /** Queues the row for the next flush (200 ms). When the queue is full the row is dropped and counted as lost. */
  add(row: AuditRow): void {
    this.#enqueue([JSON.stringify(row)]);
    this.#schedule(flushMs);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    await this.#flush();
    clearTimeout(this.#timer);
    if (this.#queued.length > 0) this.#countLost(this.#queued.length);
  }

  #enqueue(texts: readonly string[]): void {
    const free = maxQueuedRows - this.#queued.length;
    this.#queued.push(...texts.slice(0, free));
    if (texts.length > free) this.#countLost(texts.length - free);
  }

  #schedule(afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#flush();
    }, afterMs).unref();
  }

  async #flush(): Promise<void> {
    while (this.#queued.length > 0) {
      const texts = this.#queued.splice(0, rowsPerWrite);
      try {
        await this.#append(texts);
      } catch (error) {
        this.#failed(error);
        this.#queued.unshift(...texts);
        this.#schedule(retryMs);
        return;
      }
    }
  }

  async #append(texts: readonly string[]): Promise<void> {
    await this.#bus.logs.append(auditLogs[this.#log], texts, this.#runtime.config.api.audit_entries);
  }

  #failed(error: unknown): void {
    this.#runtime.caught('audit', error, 'could not store audit rows; retrying');
  }

  #countLost(rows: number): void {
    this.#runtime.metrics.auditLost.inc(rows);
  }
}
