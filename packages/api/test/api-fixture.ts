// An api on a memory bus with a relay behind it, and calls as a backend makes them.
import { type Bus, createBus } from '@danmux/bus';
import { createRuntime, loadConfig, type Runtime } from '@danmux/runtime';
import { RelayRole } from '../../relay/src/index.ts';
import { ApiRole } from '../src/index.ts';

export const apiKey = 'k'.repeat(40);

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
}

export interface ApiFixture {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly overrides: Partial<Bus>;
  readonly api: ApiRole;
  readonly url: string;
  readonly lines: string[];
  /** With the key, as JSON, unless `options` says otherwise. */
  call(method: string, path: string, body?: unknown, options?: { headers?: Record<string, string>; key?: string | null }): Promise<Answer>;
  close(): Promise<void>;
}

export async function startApi(set: Readonly<Record<string, unknown>> = {}): Promise<ApiFixture> {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': apiKey, 'log.level': 'debug' };
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, shards: 4, 'api.port': 0, 'api.drain_ms': 200, ...set } });
  const lines: string[] = [];
  const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false, logger: { write: (line) => void lines.push(line) } });
  const bus = createBus(runtime);
  await bus.start();
  const overrides: Partial<Bus> = {};
  const seen = new Proxy(bus, {
    get: (target, name) => {
      const value = (overrides as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const relay = new RelayRole(runtime, bus);
  const api = new ApiRole(runtime, seen);
  await relay.start();
  await api.start();
  const url = `http://${api.address()}`;
  return {
    runtime,
    bus,
    overrides,
    api,
    url,
    lines,
    call: async (method, path, body, { headers = {}, key = apiKey } = {}) => {
      const raw = typeof body === 'string' ? body : JSON.stringify(body);
      const sent = {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      };
      const response = await fetch(url + path, { method, headers: sent, ...(body === undefined ? {} : { body: raw }) });
      const text = await response.text();
      const json = (response.headers.get('content-type') ?? '').includes('json');
      return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
    },
    close: async () => {
      await api.stop();
      await relay.stop();
      await bus.stop();
    },
  };
}
