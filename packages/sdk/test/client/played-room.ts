// A joined Room on a simulated server, the messages it gets, and a record of what it emits.
import type { DanmuxError, Frame, JoinReply, JoinRequest, Msg } from '@danmux/protocol';
import type { Connection } from '../../src/client/connection.ts';
import { Room } from '../../src/client/room.ts';
import { ServerTime } from '../../src/client/server-time.ts';

export const position = (offset: number, epoch = 'e') => ({ epoch, offset });

class PlayedServer {
  readonly state = 'online';
  readonly time = new ServerTime();
  readonly requests: JoinRequest[] = [];
  readonly answers: Partial<JoinReply>[] = [];
  readonly receipts: string[][] = [];
  /** Errors for the next receipt requests. */
  readonly refusals: DanmuxError[] = [];
  /** Replies to the next history requests. */
  readonly pages: { msgs: Msg[]; more: boolean }[] = [];
  readonly asked: object[] = [];
  async request(event: string, payload: object, onReply?: (reply: object) => void): Promise<object> {
    if (event === 'receipt') return this.#receipt(payload as { ids: string[] });
    if (event === 'history') {
      this.asked.push(payload);
      return this.pages.shift() ?? { msgs: [], more: false };
    }
    this.requests.push(payload as JoinRequest);
    const reply = {
      room: 'r',
      online: 1,
      positions: { control: position(0), gift: position(0), chat: position(0) },
      recovered: {},
      msgs: [],
      ...this.answers.shift(),
    };
    await Promise.resolve();
    onReply?.(reply);
    return reply;
  }
  #receipt({ ids }: { ids: string[] }): object {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.receipts.push(ids);
    return {};
  }
}

export const msg = (lane: 'gift' | 'chat' | 'ambient', offset: number | undefined, id = `${lane}${offset}`): Msg => ({
  id,
  lane,
  type: lane,
  data: {},
  ts: 0,
  ...(offset === undefined ? {} : { offset }),
});
export const frame = (...msgs: Msg[]): Frame => ({ room: 'r', msgs });

export const control = (offset: number, type: string, data: unknown, id = `control${offset}`): Msg => ({ id, lane: 'control', offset, type, data, ts: 0 });
export const tombstone = (lane: 'gift' | 'chat', offset: number, id: string): Msg => ({ id, lane, offset, type: 'recalled', data: null, ts: 0 });
export const asking = (offset: number, id?: string): Msg => ({ ...msg('gift', offset, id), receipt: true });

export const enter = (...answers: Partial<JoinReply>[]) => enterRoom('r', ...answers);

export async function enterRoom(name: string, ...answers: Partial<JoinReply>[]) {
  const server = new PlayedServer();
  server.answers.push(...answers);
  const room = new Room(name, server as unknown as Connection, { url: '' }, () => {});
  const ids: string[] = [];
  const gaps: string[] = [];
  const recalled: string[] = [];
  room.on('recalled', ({ id }) => recalled.push(id));
  room.on('message', ({ id }) => ids.push(id));
  room.on('gap', ({ lane, count, reason }) => gaps.push(`${lane} ${count} ${reason}`));
  const unsent: string[] = [];
  room.on('unsent', ({ error }) => unsent.push(error.code));
  room.connected();
  await settled();
  return { server, room, ids, gaps, recalled, unsent };
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));
