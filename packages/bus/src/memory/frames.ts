// Frames in memory: delivered to the subscribers of a room in a later turn of the event loop.
import type { Runtime } from '@danmux/runtime';
import type { BusFrame, Frames, RoomSubscriber } from '../contract/frames.ts';
import type { Subscription } from '../contract/subscription.ts';
import { Deliveries } from './deliveries.ts';

export class MemoryFrames implements Frames {
  readonly #deliveries: Deliveries<BusFrame>;

  constructor(runtime: Runtime) {
    this.#deliveries = new Deliveries(runtime);
  }

  async subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription> {
    return this.#deliveries.open(room, (frame) => subscriber.frame(frame));
  }

  async subscribed(room: string): Promise<boolean> {
    return this.#deliveries.has(room);
  }

  /** Called by a commit. */
  publish(room: string, frame: BusFrame): void {
    this.#deliveries.publish(room, frame);
  }
}
