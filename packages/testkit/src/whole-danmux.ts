// Starts all roles in the test process on the memory engine, with the console served by the api.
import { composeNode, roleNames } from 'danmux';
import { closeAfter, type Owner } from './teardown.ts';
import { TestViewer } from './test-viewer.ts';
import { testConfig } from './unit.ts';

const adminKey = 'k'.repeat(40);

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
  readonly body: any;
}

export interface Danmux {
  readonly url: string;
  readonly key: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Creates another API key with these scopes, for all rooms unless `rooms` is given. */
  makeKey(id: string, scopes: readonly string[], rooms?: readonly string[]): Promise<string>;
  /** Connects a viewer with a token and joins the room. */
  viewer(room: string, claims: { readonly sub: string; readonly name?: string }): Promise<TestViewer>;
  /** Marks the process as degraded with this code and text. */
  degrade(code: string, text: string): void;
  /** Stops only the api. */
  stopApi(): Promise<void>;
}

export async function startDanmux(owner: Owner): Promise<Danmux> {
  const ports = { shards: 2, 'api.port': 0, 'edge.port': 0, 'api.drain_ms': 100, 'edge.drain_ms': 100 };
  const config = testConfig({ 'api.key': adminKey, 'log.level': 'fatal', ...ports });
  const node = composeNode(config, roleNames, { write: () => {} });
  const stopped = new Set<string>();
  for (const part of node.parts) {
    closeAfter(owner, async () => {
      if (stopped.has(part.name)) return;
      await part.drain?.();
      await part.stop();
    });
    await part.start();
  }
  const { api = '', edge = '' } = node.addresses();
  const url = `http://${api}`;
  const call = (method: string, path: string, body?: unknown) => request(url, method, path, body);
  return {
    url,
    key: adminKey,
    call,
    makeKey: async (id, scopes, rooms) => (await call('POST', '/v1/keys', { id, scopes, ...(rooms ? { rooms } : {}) })).body.key,
    viewer: async (room, claims) => {
      const { body } = await call('POST', '/v1/tokens', claims);
      const viewer = new TestViewer({ urls: [`http://${edge}`], room, token: body.token });
      closeAfter(owner, () => viewer.close());
      await viewer.joined();
      return viewer;
    },
    degrade: (code, text) => node.runtime.degraded.set(code, text),
    stopApi: async () => {
      stopped.add('api');
      await node.parts.find(({ name }) => name === 'api')?.stop();
    },
  };
}

async function request(url: string, method: string, path: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}
