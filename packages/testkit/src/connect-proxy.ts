// A small HTTP proxy for tests that tunnels with CONNECT, to the address that the client names and to no other.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export class ConnectProxy {
  /** Targets of all CONNECT requests, in order. */
  readonly targets: string[] = [];
  /** Values of Proxy-Authorization, in order; undefined without one. */
  readonly authorizations: (string | undefined)[] = [];
  /** Status of the next replies. The proxy opens a tunnel only at 200, and does not reply at 0. */
  status = 200;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  async start(): Promise<void> {
    this.#server = createServer((_request, response) => void response.writeHead(405).end());
    this.#server.on('connect', ({ url = '', headers }, client: Socket) => {
      this.targets.push(url);
      this.authorizations.push(headers['proxy-authorization']);
      this.#track(client);
      if (this.status === 0) return;
      if (this.status !== 200) return void client.end(`HTTP/1.1 ${this.status} No\r\nContent-Length: 0\r\n\r\n`);
      const { hostname, port } = new URL(`http://${url}`);
      const target = connect(Number(port), hostname.replace(/^\[(.*)\]$/, '$1'), () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      this.#track(target);
      target.on('error', () => client.destroy());
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    if (!this.#server) throw new Error('the proxy is not started');
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    const closed = this.#server ? once(this.#server, 'close') : undefined;
    this.#server?.close();
    this.#server?.closeAllConnections();
    await closed;
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }
}
