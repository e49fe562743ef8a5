// Frames in Redis: one pub/sub channel per room, to which the commit script publishes.
import type { Frames, RoomSubscriber } from '../contract/frames.ts';
import type { Subscription } from '../contract/subscription.ts';
import type { RedisChannels } from './channels.ts';
import { decodeFrame } from './frame-wire.ts';
import { framesSubscribed } from './script/node.ts';
import type { RedisStore } from './store.ts';

export class RedisFrames implements Frames {
  readonly #store: RedisStore;
  readonly #channels: RedisChannels;

  constructor(store: RedisStore, channels: RedisChannels) {
    this.#store = store;
    this.#channels = channels;
  }

  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription> {
    const channel = this.#store.of(room).frames(room);
    return this.#channels.open(channel, { message: (text) => subscriber.frame(decodeFrame(text)), resumed: () => subscriber.resumed() });
  }

  async subscribed(room: string): Promise<boolean> {
    const { heads, frames } = this.#store.of(room);
    const subcommand = this.#store.cluster ? 'SHARDNUMSUB' : 'NUMSUB';
    return (await this.#store.run(framesSubscribed, { heads: heads(room), subcommand, channel: frames(room) })) !== 0;
  }
}
