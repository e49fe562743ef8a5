// A TCP proxy that simulates a weak mobile network between viewer and server: latency, limited bandwidth and packet loss. A lost segment
// delays all later ones until its retransmission, as in TCP. The link can be unplugged.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

export interface LinkOptions {
  /** Round-trip time, milliseconds. */
  readonly rttMs: number;
  /** Probability that a segment is lost, 0 to 1. */
  readonly loss: number;
  /** Bandwidth in each direction, bytes per second; default 100,000. */
  readonly bytesPerSecond?: number;
  /** Seed of the random loss, for repeatable tests. */
  readonly seed?: number;
}

const segmentBytes = 1_400;

export class SlowLink {
  readonly url: string;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [near: Socket, far: Socket]>();
  #plugged = true;
  #lost = 0;

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  /** Resolves when the proxy listens; `to` is `http://host:port`. */
  static async open(to: string, options: LinkOptions): Promise<SlowLink> {
    const port = await freePort();
    const server = createServer({ noDelay: true });
    const link = new SlowLink(`http://127.0.0.1:${port}`, server);
    const random = randomOf(options.seed ?? 1);
    server.on('connection', (near) => link.#accept(near, new URL(to), options, random));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  /** Number of lost segments. */
  get lost(): number {
    return this.#lost;
  }

  /** Resets the connections to viewers; those to the server stay open but carry no more data, as when a phone loses its network. */
  unplug(): void {
    this.#plugged = false;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.pause();
    }
  }

  plug(): void {
    this.#plugged = true;
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket, to: URL, options: LinkOptions, random: () => number): void {
    near.on('error', ignored);
    if (!this.#plugged) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: to.hostname, port: Number(to.port), noDelay: true });
    far.on('error', ignored);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    far.on('close', () => {
      this.#pairs.delete(pair);
      near.destroy();
    });
    near.on('close', () => {
      // While the link is unplugged, the server must not notice that the viewer's connection has ended.
      if (this.#plugged) far.destroy();
    });
    const lose = () => {
      const lost = random() < options.loss;
      if (lost) this.#lost++;
      return lost;
    };
    pass(near, far, options, lose);
    pass(far, near, options, lose);
  }
}

/** Forwards data in one direction, in order, with delay and loss. */
function pass(from: Socket, to: Socket, { rttMs, bytesPerSecond = 100_000 }: LinkOptions, lose: () => boolean): void {
  let freeAt = 0;
  let arrivesAt = 0;
  from.on('data', (data) => {
    for (let at = 0; at < data.length; at += segmentBytes) {
      const segment = data.subarray(at, at + segmentBytes);
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + (segment.length / bytesPerSecond) * 1_000;
      let delay = rttMs / 2;
      // The timeout doubles with each retransmission, as in TCP.
      for (let timeout = rttMs + 200; lose(); timeout *= 2) delay += timeout;
      arrivesAt = Math.max(arrivesAt, freeAt + delay);
      setTimeout(() => to.writable && to.write(segment), arrivesAt - now);
    }
  });
  from.on('end', () => setTimeout(() => to.end(), Math.max(0, arrivesAt - performance.now())));
}

/** Ignores socket errors; the `close` event handles them. */
function ignored(): void {}

/** The mulberry32 pseudo-random generator. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
