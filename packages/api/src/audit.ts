// The audit log: a row for every request that would change something, allowed or not, as a line of the log at once and in the store's
// log `audit`. It tells who, what and with which result; never a body and never a key. Rows of publishing are stored a little later,
// many at a time; those of moderation and administration before their answer goes out.
import type { Bus } from '@danmux/bus';
import type { AuditRow } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemType } from './problem.ts';

export const auditLog = 'audit';
const flushMs = 200;
const retryMs = 2_000;
const rowsWaiting = 20_000;
const rowsAtOnce = 500;
const reading = ['GET', 'HEAD', 'OPTIONS'];

export function addAudit(app: FastifyInstance, runtime: Runtime, bus: Bus): void {
  const writer = new AuditWriter(runtime, bus);
  app.addHook('onSend', async (request, reply, payload) => {
    if (isAudited(request)) {
      const row = rowOf(runtime, request, reply, payload);
      const { key, ...rest } = row;
      // The log takes out every field named key.
      runtime.log.info({ key_id: key, ...rest }, 'audit');
      // Who is nobody must not be able to keep an answer waiting.
      if (request.routeOptions.config.scope === 'publish' || key === null) writer.add(row);
      else await writer.write(row);
    }
    return payload;
  });
  app.addHook('onClose', () => writer.stop());
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
    status: reply.statusCode,
    ...(code === undefined ? {} : { code }),
    trace: request.id,
    address: request.ip,
  };
}

function codeOf(reply: FastifyReply, payload: unknown): string | undefined {
  if (reply.getHeader('content-type') !== problemType || typeof payload !== 'string') return undefined;
  return (JSON.parse(payload) as { code: string }).code;
}

class AuditWriter {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Resolves when it is stored, or when it cannot be now: then it waits with the others. */
  async write(row: AuditRow): Promise<void> {
    const text = JSON.stringify(row);
    await this.#append([text]).catch((error: unknown) => {
      this.#failed(error);
      this.#enqueue([text]);
      this.#schedule(retryMs);
    });
  }

  /** To be stored within `flushMs`; when too many wait, the newest are lost to the store, counted. */
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
    await this.#bus.logs.append(auditLog, texts, this.#runtime.config.api.audit_entries);
  }

  #failed(error: unknown): void {
    this.#runtime.metrics.caught.inc({ where: 'audit' });
    this.#runtime.log.warn({ err: error }, 'could not store rows of the audit log');
  }

  #lose(rows: number): void {
    this.#runtime.metrics.auditLost.inc(rows);
  }
}
