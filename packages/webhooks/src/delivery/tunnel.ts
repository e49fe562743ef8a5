// Opens connections to webhook targets through an HTTP proxy. It resolves the name of the target and checks the address itself. CONNECT names the
// checked address, so that the proxy resolves nothing. This file sends no webhook requests.
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { AddressGuard } from '@danmux/runtime';

type Connected = (error: Error | null, stream?: Duplex) => void;

/** Maximum number of addresses tried for one name, because a proxy that refuses many of them would delay the request too long. */
const mostAddresses = 3;

export interface TunnelOptions {
  /** URL of the proxy, http or https, with user and password if it requires them. */
  readonly proxy: string;
  readonly guard: Pick<AddressGuard, 'lookup'>;
  /** Time limit for the proxy's reply to CONNECT, and for the target's TLS handshake. */
  readonly timeoutMs: number;
}

export class Tunnel {
  readonly #proxy: URL;
  readonly #options: TunnelOptions;

  constructor(options: TunnelOptions) {
    this.#proxy = new URL(options.proxy);
    this.#options = options;
  }

  /** An agent whose connections go through the proxy. */
  agent(options: http.AgentOptions): http.Agent {
    const agent = new http.Agent(options);
    agent.createConnection = (to, done) => this.#open(to as http.RequestOptions, false, done as Connected);
    return agent;
  }

  /** Like `agent`, with TLS to the target inside the tunnel. */
  secureAgent(options: https.AgentOptions): https.Agent {
    const agent = new https.Agent(options);
    agent.createConnection = (to, done) => this.#open(to as http.RequestOptions, true, done as Connected);
    return agent;
  }

  #open(to: http.RequestOptions, secure: boolean, done: Connected): undefined {
    this.#connect(String(to.host ?? ''), Number(to.port))
      .then((socket) => (secure ? this.#secured(to, socket) : socket))
      .then(
        (stream) => done(null, stream),
        (error: Error) => done(error),
      );
    return undefined;
  }

  /** Tries the addresses of the host in order, at most `mostAddresses`. */
  async #connect(host: string, port: number): Promise<Duplex> {
    const addresses = (await this.#addressesOf(host)).slice(0, mostAddresses);
    let failure: unknown = new Error(`${host} has no address`);
    for (const address of addresses) {
      try {
        return await this.#tunnelTo(`${address.includes(':') ? `[${address}]` : address}:${port}`);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #tunnelTo(target: string): Promise<Duplex> {
    const { protocol, hostname, username, password } = this.#proxy;
    const headers =
      username === ''
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` };
    const request = (protocol === 'https:' ? https : http).request({
      ...{ method: 'CONNECT', path: target, agent: false, timeout: this.#options.timeoutMs },
      ...{ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: this.#proxy.port || (protocol === 'https:' ? 443 : 80), headers: { host: target, ...headers } },
    });
    return new Promise((resolve, reject) => {
      request.on('timeout', () => request.destroy(new Error(`the proxy did not answer within ${this.#options.timeoutMs} ms`)));
      request.on('error', (error) => reject(new Error(`the proxy cannot be used: ${error.message || error.name}`, { cause: error })));
      request.on('connect', ({ statusCode = 0 }, socket) => {
        socket.setTimeout(0);
        if (statusCode >= 200 && statusCode < 300) return resolve(socket);
        socket.destroy();
        reject(new Error(`the proxy answered ${statusCode} to CONNECT ${target}`));
      });
      // The proxy answered CONNECT like an ordinary request, so it opened no tunnel.
      request.on('response', ({ statusCode }) => {
        request.destroy();
        reject(new Error(`the proxy answered ${statusCode} to CONNECT ${target}`));
      });
      request.end();
    });
  }

  #addressesOf(host: string): Promise<readonly string[]> {
    // A host given as an IP address was checked before the request.
    if (isIP(host) !== 0) return Promise.resolve([host]);
    return new Promise((resolve, reject) => {
      this.#options.guard.lookup(host, { all: true }, (error, found) => {
        if (error) reject(error);
        else resolve(typeof found === 'string' ? [found] : found.map(({ address }) => address));
      });
    });
  }

  #secured(to: http.RequestOptions, socket: Duplex): Promise<Duplex> {
    const secured = tls.connect({ ...(to as tls.ConnectionOptions), socket });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => secured.destroy(new Error(`no TLS handshake within ${this.#options.timeoutMs} ms`)), this.#options.timeoutMs);
      secured.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      secured.once('secureConnect', () => {
        clearTimeout(timer);
        secured.removeAllListeners('error');
        resolve(secured);
      });
    });
  }
}
