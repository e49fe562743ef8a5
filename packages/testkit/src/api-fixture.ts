// Starts an api on a memory bus and calls it over HTTP like a backend. No relay runs: a test sequences published messages itself with
// `sequence`.

import assert from 'node:assert/strict';
import { ApiRole } from '@danmux/api';
import type { Bus, Pending } from '@danmux/bus';
import { createJobs, type JobName, type JobProgress, type Jobs } from '@danmux/jobs';
import { type ErrorCode, errors } from '@danmux/protocol';
import { RelayRole } from '@danmux/relay';
import type { Clock, Runtime } from '@danmux/runtime';
import { mustBeDocumented } from './documented-codes.ts';
import { type Gate, gated } from './gated.ts';
import { sequence } from './sequencer.ts';
import { closeAfter, type Owner } from './teardown.ts';
import { type Settings, testBus, testRuntime } from './unit.ts';

type ServerOptions = ConstructorParameters<typeof ApiRole>[3];

export const apiKey = 'k'.repeat(40);
export const path = '/v1/rooms/live:1/messages';
export const gift = { type: 'gift', data: { gift: 'rocket' } };
const shards = 4;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
  readonly body: any;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string | null;
}

export interface RanJob {
  readonly id: string;
  readonly name: JobName;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
  readonly data: any;
}

export interface ApiFixture {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly jobs: Jobs;
  /** The gate between the api and the bus. */
  readonly gate: Gate<Bus>;
  /** The gate between the api and the job queue. */
  readonly jobGate: Gate<Jobs>;
  /** Jobs that ran. The fixture's handlers only record them. */
  readonly ran: readonly RanJob[];
  /** With `fail` true, jobs fail from now on, and report the progress `after` before they fail; with false, they succeed. */
  failJobs(fail: boolean, after?: JobProgress): void;
  readonly api: ApiRole;
  readonly url: string;
  readonly lines: string[];
  /** Calls the api with the API key and a JSON body; `options` overrides key and headers. A string body is sent unchanged. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Commits all publications in the ingress, like a relay, and returns them. */
  sequence(): Promise<readonly Pending[]>;
  /** Number of publications accepted since the fixture started. */
  accepted(): Promise<number>;
  /** Value of danmux_refused_total for this code. */
  refused(code: ErrorCode): Promise<number>;
}

export async function startApi(owner: Owner, set: Settings = {}, clock?: Clock, options: ServerOptions = {}): Promise<ApiFixture> {
  const lines: string[] = [];
  const logger = { write: (line: string) => void lines.push(line) };
  const fixed = { 'api.key': apiKey, 'log.level': 'debug', shards, 'api.port': 0, 'api.drain_ms': 200 };
  const runtime = testRuntime(owner, { ...fixed, ...set }, { logger, ...(clock ? { clock } : {}) });
  const bus = testBus(owner, runtime);
  await bus.start();
  const jobs = createJobs(runtime, bus);
  closeAfter(owner, () => jobs.stop());
  const ran: RanJob[] = [];
  let failing = false;
  let reached: JobProgress | undefined;
  for (const name of ['publish', 'broadcast', 'receipts', 'redeliver'] as const) {
    jobs.handle(name, async ({ id, data, report }) => {
      if (failing && reached) await report(reached);
      if (failing) throw new Error('failed on request of the test');
      ran.push({ id, name, data });
    });
  }
  await jobs.start();
  runtime.health.register('store', () => bus.health());
  const gate = gated(bus);
  const jobGate = gated(jobs);
  const api = new ApiRole(runtime, gate.open, jobGate.open, options);
  closeAfter(owner, () => api.stop());
  await api.start();
  const url = `http://${api.address()}`;
  return {
    runtime,
    bus,
    jobs,
    gate,
    jobGate,
    ran,
    failJobs: (fail, after) => {
      reached = after;
      failing = fail;
    },
    api,
    url,
    lines,
    call: (method, where, body, options) => call(url, method, where, body, options),
    sequence: () => sequence(bus, shards),
    accepted: async () => Object.values((await bus.ledger.totals()).accepted).reduce((sum, count) => sum + count, 0),
    refused: async (code) => (await runtime.metrics.refused.get()).values.find(({ labels }) => labels['code'] === code)?.value ?? 0,
  };
}

/** Like `startApi`, with a relay on the same bus, for programs under test that call the api like a backend. */
export async function startRelayedApi(owner: Owner, set: Settings = {}): Promise<ApiFixture> {
  const fixture = await startApi(owner, set);
  const relay = new RelayRole(fixture.runtime, fixture.bus);
  closeAfter(owner, () => relay.stop());
  await relay.start();
  return fixture;
}

/** Asserts that the answer is a complete problem reply with this error code. */
export function mustRefuse(answer: Answer, code: ErrorCode): void {
  assert.equal(answer.body.code, code, JSON.stringify(answer.body));
  assert.equal(answer.status, errors[code].status);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.body.type, `urn:danmux:error:${code}`);
  assert.equal(answer.body.title, errors[code].text);
  assert.equal(answer.body.status, answer.status);
  assert.equal(answer.body.instance, answer.headers.get('x-trace-id'));
  assert.ok(answer.body.instance.length >= 26);
  assert.ok(answer.body.detail.length > 0);
  const waits = errors[code].retryable && code !== 'internal';
  assert.equal(answer.headers.has('retry-after'), waits, `${code} and Retry-After`);
  assert.equal(answer.body.retry_after_ms !== undefined, waits, `${code} and retry_after_ms`);
}

async function call(url: string, method: string, where: string, body: unknown, { headers = {}, key = apiKey }: CallOptions = {}): Promise<Answer> {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  const response = await fetch(url + where, { method, headers: sent, ...(body === undefined ? {} : { body: raw }) });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const answer = { status: response.status, headers: response.headers, body: type.includes('json') && text !== '' ? JSON.parse(text) : text };
  if (type.includes('problem')) mustBeDocumented(method, where, answer.body.code);
  return answer;
}
