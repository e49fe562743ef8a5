// The part of a bus that RoomFeed uses, with one room whose frames a test can lose.
import type { Bus, BusFrame, RoomSubscriber } from '@danmux/bus';

export class LossyBus {
  epoch = 'e1';
  readonly offsets = { control: 0, gift: 0, chat: 0 };
  readonly stored = new Map<string, string>();
  failures = 0;
  readonly recalls: string[] = [];
  /** Put in front of every id, to tell the messages of one epoch from those of another. */
  mark = '';
  /** Runs before a read of history is answered. */
  onSince: (() => void | Promise<void>) | undefined;
  closed = 0;
  subscribing: Promise<void> | undefined;
  subscriber: RoomSubscriber | undefined;

  commit(lane: 'gift' | 'chat', count: number, lose = false): void {
    const first = this.offsets[lane] + 1;
    const msgs = Array.from({ length: count }, (_, index) => `{"lane":"${lane}","offset":${first + index},"id":"${this.mark}${lane}${first + index}"}`);
    for (const [index, msg] of msgs.entries()) this.stored.set(`${lane} ${first + index}`, msg);
    this.offsets[lane] += count;
    if (lose) return;
    const frame: BusFrame = {
      head: { room: 'r', epoch: this.epoch, ranges: { [lane]: [first, this.offsets[lane]] }, counts: { [lane]: count }, characters: {}, traces: [] },
      payload: `{"room":"r","msgs":[${msgs.join(',')}]}`,
    };
    this.subscriber?.frame(frame);
  }

  /** The store comes back empty. */
  wipe(epoch: string): void {
    this.epoch = epoch;
    this.mark = `${epoch}:`;
    this.stored.clear();
    Object.assign(this.offsets, { control: 0, gift: 0, chat: 0 });
  }

  asBus(): Bus {
    const fail = () => {
      if (this.failures-- > 0) throw new Error('away');
    };
    return {
      frames: {
        subscribe: async (_room: string, subscriber: RoomSubscriber) => {
          this.subscriber = subscriber;
          await this.subscribing;
          return { close: async () => void this.closed++ };
        },
      },
      streams: {
        recall: async (_room: string, id: string) => void this.recalls.push(id),
        heads: async () => {
          fail();
          return { epoch: this.epoch, offsets: { ...this.offsets } };
        },
        since: async (_room: string, lane: string, after: number, upTo: number, limit: number) => {
          await this.onSince?.();
          fail();
          return Array.from({ length: upTo - after }, (_, index) => this.stored.get(`${lane} ${after + 1 + index}`))
            .flatMap((msg) => msg ?? [])
            .slice(0, limit);
        },
      },
    } as unknown as Bus;
  }
}
