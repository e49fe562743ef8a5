// A webhook consumer for tests: verifies signatures with the Standard Webhooks library, records requests, and replies as the test
// configures.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { WebhookEvent } from '@danmux/protocol';
import { Webhook } from 'standardwebhooks';

export const secret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`;

/** Private key and certificate in PEM format. */
export interface TlsPair {
  readonly key: string;
  readonly cert: string;
}

/** Creates a self-signed certificate for 127.0.0.1; clients must be configured to trust `certFile`. */
export function selfSigned(dir: string): TlsPair & { readonly certFile: string } {
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', certFile], { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile };
}

export interface Given {
  readonly id: string;
  readonly event: WebhookEvent;
  /** The raw request body. */
  readonly body: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Replies to one request. */
export type Answer = (response: ServerResponse, given: Given) => void;
export const ok: Answer = (response) => void response.writeHead(204).end();
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end('no');

export class WebhookConsumer {
  /** All requests with a valid signature, in order. */
  readonly asked: Given[] = [];
  /** Requests answered with 2xx. */
  readonly taken: Given[] = [];
  /** Verification errors of the requests whose signature was not valid. */
  readonly forged: string[] = [];
  answer: Answer = ok;
  readonly #clockIsFake: boolean;
  readonly #tls: TlsPair | undefined;
  #server: Server | undefined;
  #port = 0;

  /** With `clockIsFake` only the signature is verified and not the age, because the library compares timestamps with the real clock. */
  constructor(clockIsFake = false, tls?: TlsPair) {
    this.#clockIsFake = clockIsFake;
    this.#tls = tls;
  }

  get url(): string {
    return `http${this.#tls ? 's' : ''}://127.0.0.1:${this.#port}/hook`;
  }

  /** Starts the server; a restart uses the same port. */
  async start(): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response);
    this.#server = this.#tls ? createSecureServer(this.#tls, take) : createServer(take);
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    this.#server = undefined;
  }

  /** Ids of the messages delivered for a room, in order. */
  messagesOf(room: string): string[] {
    const sent = this.taken.filter(({ event }) => event.type === 'message.sent' && event.room === room);
    return sent.flatMap(({ event }) => (event.data as { messages: { id: string }[] }).messages.map(({ id }) => id));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    try {
      this.#verify(body, request.headers as Record<string, string>);
    } catch (error) {
      this.forged.push(String(error));
      response.writeHead(401).end();
      return;
    }
    const given = {
      id: String(request.headers['webhook-id']),
      event: JSON.parse(body) as WebhookEvent,
      body,
      path: request.url ?? '',
      headers: request.headers,
    };
    this.asked.push(given);
    response.on('finish', () => {
      if (response.statusCode >= 200 && response.statusCode < 300) this.taken.push(given);
    });
    this.answer(response, given);
  }

  #verify(body: string, headers: Record<string, string>): void {
    const webhook = new Webhook(secret);
    if (!this.#clockIsFake) {
      webhook.verify(body, headers);
      return;
    }
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
    if (webhook.sign(headers['webhook-id'] ?? '', at, body) !== headers['webhook-signature']) throw new Error('the signature does not match');
  }
}
