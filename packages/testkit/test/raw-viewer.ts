// A viewer that does not parse JSON: it speaks socket.io's text protocol over a WebSocket and records raw packets, for tests of details
// that a parser would hide.
import { once } from 'node:events';
import { WebSocket } from 'ws';

export class RawViewer {
  /** Payloads of all frames, as text. */
  readonly frames: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: string) => void>();
  #connected: () => void = () => {};
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(String(data)));
  }

  /** `auth` is the JSON text of the handshake's auth. */
  static async open(address: string, auth: string): Promise<RawViewer> {
    const socket = new WebSocket(`ws://${address}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
    const viewer = new RawViewer(socket);
    const connected = new Promise<void>((resolve) => {
      viewer.#connected = resolve;
    });
    await once(socket, 'open');
    socket.send(`40${auth}`);
    await connected;
    return viewer;
  }

  /** Sends an event with this JSON text; resolves with the text of the ack. */
  ask(event: string, payload: string): Promise<string> {
    const id = this.#asked++;
    const answer = new Promise<string>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(`42${id}["${event}",${payload}]`);
    return answer;
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(packet: string): void {
    if (packet === '2') this.#socket.send('3');
    else if (packet.startsWith('40')) this.#connected();
    else if (packet.startsWith('42["frame",')) this.frames.push(packet.slice('42["frame",'.length, -1));
    else if (packet.startsWith('43')) {
      const [, id = '', reply = ''] = /^43(\d+)\[(.*)\]$/s.exec(packet) ?? [];
      this.#waiting.get(Number(id))?.(reply);
      this.#waiting.delete(Number(id));
    }
  }
}
