// A link like a phone's on a bad day, between a viewer and a server of ours: a TCP proxy that delays, limits and "loses" what
// passes. A lost segment costs what it costs in TCP: all behind it waits for its retransmission. It can be unplugged.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

export interface LinkOptions {
  /** Milliseconds there and back. */
  readonly rttMs: number;
  /** Of a hundred segments so many are lost, 0 to 1. */
  readonly loss: number;
  /** Bytes a second, each way; default 100,000. */
  readonly bytesPerSecond?: number;
  /** Which segments are lost follows from it. */
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

  /** Resolves when it listens; `to` is `http://host:port`. */
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

  /** Segments that had to be sent again. */
  get lost(): number {
    return this.#lost;
  }

  /** The viewer's side notices at once, as a phone does; the server hears nothing any more and is not told. */
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
      // Unplugged, the server's side stays as it is.
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

/** Carries what one side says to the other, in order. */
function pass(from: Socket, to: Socket, { rttMs, bytesPerSecond = 100_000 }: LinkOptions, lose: () => boolean): void {
  let freeAt = 0;
  let arrivesAt = 0;
  from.on('data', (data) => {
    for (let at = 0; at < data.length; at += segmentBytes) {
      const segment = data.subarray(at, at + segmentBytes);
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + (segment.length / bytesPerSecond) * 1_000;
      let delay = rttMs / 2;
      // Each retransmission waits twice as long as the one before.
      for (let timeout = rttMs + 200; lose(); timeout *= 2) delay += timeout;
      arrivesAt = Math.max(arrivesAt, freeAt + delay);
      setTimeout(() => to.writable && to.write(segment), arrivesAt - now);
    }
  });
  from.on('end', () => setTimeout(() => to.end(), Math.max(0, arrivesAt - performance.now())));
}

/** Whoever looks sees the closed socket. */
function ignored(): void {}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
