// A viewer over a bare WebSocket that accepts messages of at most `maxPayload` bytes, as the libraries of many languages do. It keeps the
// size of each message, and its positions as docs/protocol.md asks for.
import { once } from 'node:events';
import type { HistoryReply, JoinReply, MembersReply, Msg, Positions } from '@danmux/protocol';
import { type EdgeFixture, room } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';

type Replies = JoinReply & HistoryReply & MembersReply & { ok: boolean };

export class BareViewer {
  readonly socket: WebSocket;
  readonly sizes: number[] = [];
  /** The ids of all messages, in the order of their arrival. */
  readonly ids: string[] = [];
  readonly types = new Map<string, string>();
  readonly log: string[] = [];
  positions: Positions = {};
  closedBy = 0;
  #asked = 0;
  readonly #replies = new Map<number, Replies>();

  constructor(url: string, maxPayload: number) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { maxPayload, perMessageDeflate: true });
    this.socket.on('message', (data) => this.#receive(String(data), (data as Buffer).length));
    this.socket.on('error', () => {});
    this.socket.once('close', (code) => {
      this.closedBy = code;
    });
  }

  static async connect({ url, token }: EdgeFixture, user: string, maxPayload: number, claims: object = {}): Promise<BareViewer> {
    const viewer = new BareViewer(url, maxPayload);
    await once(viewer.socket, 'open');
    viewer.socket.send(`40${JSON.stringify({ token: await token(user, claims) })}`);
    await eventually(() => {
      if (!viewer.log.includes('connected')) throw new Error(`not connected: ${viewer.log}`);
    });
    return viewer;
  }

  async ask(event: string, payload: object): Promise<Replies> {
    const number = ++this.#asked;
    this.socket.send(`42${number}${JSON.stringify([event, payload])}`);
    return eventually(() => {
      const reply = this.#replies.get(number);
      if (!reply) throw new Error(`no reply to ${event}; closed by ${this.closedBy}, log: ${this.log.slice(-5)}`);
      return reply;
    });
  }

  join(request: object = {}): Promise<Replies> {
    return this.ask('join', { room, ...request });
  }

  get largest(): number {
    return Math.max(...this.sizes);
  }

  #receive(text: string, size: number): void {
    this.sizes.push(size);
    if (text === '2') this.socket.send('3');
    if (text.startsWith('40')) this.log.push('connected');
    const [, number, body = ''] = /^43(\d+)\[(.*)\]$/s.exec(text) ?? [];
    if (number !== undefined) this.#reply(Number(number), JSON.parse(body) as Replies);
    if (!text.startsWith('42')) return;
    const [event, payload] = JSON.parse(text.slice(2)) as [string, { msgs: Msg[] }];
    this.log.push(event);
    if (event === 'frame') this.#take(payload.msgs);
  }

  #reply(number: number, reply: Replies): void {
    this.log.push('reply');
    this.#replies.set(number, reply);
    if (reply.recovered === undefined) return;
    for (const { id } of reply.msgs) this.ids.push(id);
    this.positions = reply.positions;
  }

  #take(msgs: readonly Msg[]): void {
    for (const { id, lane, offset, type } of msgs) {
      const position = lane === 'ambient' ? undefined : this.positions[lane];
      if (position && offset !== undefined) {
        if (offset <= position.offset) continue;
        if (offset > position.offset + 1 && lane !== 'chat') throw new Error(`hole before ${lane} ${offset}, at ${position.offset}`);
        this.positions = { ...this.positions, [lane]: { epoch: position.epoch, offset } };
      }
      this.ids.push(id);
      this.types.set(id, type);
    }
  }
}
