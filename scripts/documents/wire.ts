// A bare WebSocket that speaks to an edge as docs/protocol.md shows: it sends packets as text, and answers pings.
import { once } from 'node:events';
import { eventually } from '@danmux/testkit';
import { WebSocket } from 'ws';

export class Wire {
  readonly #socket: WebSocket;
  readonly #packets: string[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const packet = String(data);
      if (packet === '2') socket.send('3');
      else this.#packets.push(packet);
    });
  }

  /** Resolves when the edge has accepted the token. */
  static async open(edge: string, token: string): Promise<Wire> {
    const socket = new WebSocket(`${edge.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const wire = new Wire(socket);
    await once(socket, 'open');
    socket.send(`40${JSON.stringify({ token })}`);
    await wire.packet('40');
    return wire;
  }

  send(packet: string): void {
    this.#socket.send(packet);
  }

  /** Takes the first packet that begins so, waiting for it. */
  async packet(start: string): Promise<string> {
    const at = await eventually(() => {
      const found = this.#packets.findIndex((packet) => packet.startsWith(start));
      if (found < 0) throw new Error(`no packet ${start} among ${this.#packets.join('\n')}`);
      return found;
    });
    return this.#packets.splice(at, 1)[0] ?? '';
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** Names of the fields that a packet of a page shows. */
export const fieldsOf = (packet: string): string[] => [...new Set([...packet.matchAll(/"(\w+)":/g)].map(([, name]) => name ?? ''))];
