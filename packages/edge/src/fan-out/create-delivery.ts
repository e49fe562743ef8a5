// Creates the parts a frame passes through from the bus to this edge's viewers: the feeds, the fan-out, and the state all outboxes share.
import type { Bus } from '@danmux/bus';
import type { TraceHops } from '@danmux/cluster';
import type { Runtime } from '@danmux/runtime';
import { Feeds } from '../feed/feeds.ts';
import { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { Flusher } from '../outbox/flusher.ts';
import type { OutboxParts } from '../outbox/outbox.ts';
import { Hub } from '../room/hub.ts';
import type { Sessions } from '../session/sessions.ts';
import { DeliveryReceipts } from './delivery-receipts.ts';
import { FanOut } from './fan-out.ts';

export interface Delivery {
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly fanOut: FanOut;
  readonly receipts: DeliveryReceipts;
  readonly outbox: OutboxParts;
  /** Call after the last viewer has disconnected. */
  stop(): Promise<void>;
}

export function createDelivery(runtime: Runtime, bus: Bus, { sessions, hops }: { readonly sessions: Sessions; readonly hops: TraceHops }): Delivery {
  const { edge } = runtime.config;
  const hub = new Hub();
  const ledger = new DeliveryLedger(runtime);
  const flusher = new Flusher();
  const receipts = new DeliveryReceipts(runtime, bus);
  const fanOut = new FanOut(runtime, { hub, ledger, sessions, receipts, hops });
  const feeds = new Feeds(runtime, bus, fanOut);
  const stop = async () => {
    await feeds.close();
    fanOut.stop();
    flusher.stop();
  };
  return { hub, feeds, fanOut, receipts, outbox: { ledger, flusher, cap: edge.outbox_bytes, frameBytes: edge.frame_bytes }, stop };
}
