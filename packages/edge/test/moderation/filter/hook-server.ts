// A backend's pre-send hook for tests: a real HTTP server that answers as it is told and keeps what it was asked.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import type { FilteredMessage } from '../../../src/moderation/filter/filter.ts';

export const hookSecret = `whsec_${Buffer.from('a secret of thirty-two bytes or so').toString('base64')}`;

export interface Question {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, question: Question) => void;

export const saying =
  (answer: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(typeof answer === 'string' ? answer : JSON.stringify(answer));

export class HookServer {
  readonly questions: Question[] = [];
  answer: Answer = saying({ action: 'pass' });
  connections = 0;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async start(): Promise<HookServer> {
    const hook = new HookServer();
    hook.#server.on('connection', () => hook.connections++);
    hook.#server.listen(0, '127.0.0.1');
    await once(hook.#server, 'listening');
    return hook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Ends kept connections, as a backend that restarts does. */
  hangUp(): void {
    this.#server.closeIdleConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const question = { headers: request.headers, body: Buffer.concat(parts).toString() };
    this.questions.push(question);
    this.answer(response, question);
  }
}

export function hookRuntime(url: string, set: Readonly<Record<string, unknown>> = {}, now?: () => number): Runtime {
  const settings = { 'moderation.hook.url': url, 'moderation.hook.secret': hookSecret, 'moderation.hook.timeout_ms': 5_000, ...set };
  return testRuntime({ after }, settings, now ? { clock: { now } } : {});
}

export function messageOf(
  data: unknown,
  fields: Partial<FilteredMessage> & { readonly user?: string; readonly roles?: readonly string[] } = {},
): FilteredMessage {
  const { user = 'ann', roles, ...rest } = fields;
  const from = { id: user, name: 'Ann', ...(roles ? { roles } : {}) };
  return {
    id: 'm1',
    room: 'live:1',
    type: 'chat',
    data,
    viewer: { id: user, guest: false, own: true, sends: true, rooms: undefined, expiresAt: undefined, from, login: {} },
    ...rest,
  };
}
