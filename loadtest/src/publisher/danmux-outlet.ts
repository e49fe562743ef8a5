// Publishes to danmux like a backend: batch requests to the admin API over one keep-alive connection.
import { Agent, request } from 'node:http';
import type { LoadMessage } from './chat-message.ts';
import type { Outlet } from './outlet.ts';

export class DanmuxOutlet implements Outlet {
  readonly #url: URL;
  readonly #key: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url: string, key: string) {
    this.#url = new URL('/v1/messages/batch', url);
    this.#key = key;
  }

  async send(messages: readonly LoadMessage[]): Promise<{ refused: number }> {
    const { status, body } = await this.#post(JSON.stringify({ messages: messages.map(({ room, type, from, data }) => ({ room, type, from, data })) }));
    if (status !== 200) throw new Error(`the batch was answered ${status} ${body.slice(0, 300)}`);
    const { results } = JSON.parse(body) as { results: { status: number }[] };
    return { refused: results.filter((result) => result.status !== 202).length };
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  #post(body: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const posted = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }));
        response.on('error', reject);
      });
      posted.on('error', reject);
      posted.end(body);
    });
  }
}
