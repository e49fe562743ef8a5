// The audit log: a row for every request that would change something, allowed or refused, in the process log at once and in the store.
// A row has caller, route and result; of a body a few named fields, never message texts, never a key. Rows of publishing and of
// unauthenticated requests are stored with a delay in separate logs, so that they cannot displace rows of moderation and administration,
// which are stored before the reply is sent.
import type { Bus } from '@danmux/bus';
import type { AuditLogName, AuditRow } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemType } from './problem.ts';

/** The stored logs, each with its own cap. */
export const auditLogs: Readonly<Record<AuditLogName, string>> = { changes: 'audit', publishing: 'audit:publishing', unknown: 'audit:unknown' };
/** Body fields that are recorded. */
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
  'ban_ms',
  'for_ms',
  'until',
  'reason',
  'by',
  'grace_ms',
  'expires_at',
];
/** Maximum characters of the recorded fields, as JSON. */
const maxRecordedChars = 500;
const flushMs = 200;
const retryMs = 2_000;
const rowsWaiting = 20_000;
const rowsAtOnce = 500;
const reading = ['GET', 'HEAD', 'OPTIONS'];

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
      // The logger redacts every field named key. Rows of publishing are debug level: they are traffic.
      const line = { key_id: key, ...rest };
      if (key === null) runtime.counted.info(line, 'audit of requests without a good key');
      else runtime.log[publishes ? 'debug' : 'info'](line, 'audit');
      // An unauthenticated request must not delay a reply.
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
  return !reading.includes(method) && !is404 && !config.public;
}

function rowOf({ clock }: Runtime, request: FastifyRequest, reply: FastifyReply, payload: unknown): AuditRow {
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
    address: request.ip,
  };
}

/** The recorded fields of an object body, as far as they fit. */
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
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Bus, log: AuditLogName) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#log = log;
  }

  /** Resolves when the row is stored, or queued because the store cannot take it now. */
  async write(row: AuditRow): Promise<void> {
    const text = JSON.stringify(row);
    await this.#append([text]).catch((error: unknown) => {
      this.#failed(error);
      this.#enqueue([text]);
      this.#schedule(retryMs);
    });
  }

  /** Stored within `flushMs`; when the queue is full, the newest rows are not stored, and counted. */
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
    if (this.#waiting.length > 0) this.#lose(this.#waiting.length);
  }

  #enqueue(texts: readonly string[]): void {
    const room = rowsWaiting - this.#waiting.length;
    this.#waiting.push(...texts.slice(0, room));
    if (texts.length > room) this.#lose(texts.length - room);
  }

  #schedule(afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#flush();
    }, afterMs).unref();
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const texts = this.#waiting.splice(0, rowsAtOnce);
      try {
        await this.#append(texts);
      } catch (error) {
        this.#failed(error);
        this.#waiting.unshift(...texts);
        this.#schedule(retryMs);
        return;
      }
    }
  }

  async #append(texts: readonly string[]): Promise<void> {
    await this.#bus.logs.append(auditLogs[this.#log], texts, this.#runtime.config.api.audit_entries);
  }

  #failed(error: unknown): void {
    this.#runtime.caught('audit', error, 'could not store rows of the audit log');
  }

  #lose(rows: number): void {
    this.#runtime.metrics.auditLost.inc(rows);
  }
}
