// Sends HTTP POSTs to one fixed URL over keep-alive connections. Follows no redirects, limits the size of an answer, and settles by the
// deadline even if the server hangs.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface HookReply {
  readonly status: number;
  readonly text: string;
}

export interface HookRequestOptions {
  readonly connections: number;
  /** Milliseconds from the call to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export class HookRequest {
  readonly #url: URL;
  readonly #agent: HttpAgent;
  readonly #options: HookRequestOptions;

  constructor(url: URL, options: HookRequestOptions) {
    this.#url = url;
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: options.connections, maxFreeSockets: options.connections };
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(settings) : new HttpAgent(settings);
  }

  /** Rejects when the connection fails, the deadline passes, or the answer exceeds `maxBytes`. */
  async post(body: string, headers: Readonly<Record<string, string>>): Promise<HookReply> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      return await this.#post(body, headers, signal);
    } catch (error) {
      if (signal.aborted) throw new Error(`no answer within ${this.#options.timeoutMs} ms`, { cause: error });
      // The server may close a keep-alive connection just as it is reused; the request is retried once.
      if (error instanceof StaleConnection) return this.#post(body, headers, signal);
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HookReply> {
    return new Promise((resolve, reject) => {
      const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(this.#url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      request.on('error', (error: NodeJS.ErrnoException) =>
        reject(request.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message, { cause: error }) : error),
      );
      request.on('response', (response) => {
        readAll(response, this.#options.maxBytes).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      request.end(body);
    });
  }
}

class StaleConnection extends Error {}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Throwing out of the loop also closes the connection.
    if (bytes > maxBytes) throw new Error(`answer exceeds ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
