// A fan-out to recorded viewers: what each of them got, the receipts reported, and the books of the delivery ledger.
import type { TestContext } from 'node:test';
import { type BusFrame, numberedMessage } from '@danmux/bus';
import { type Lane, laneNames, type Msg } from '@danmux/protocol';
import { closeAfter, type Settings, testRuntime } from '@danmux/testkit/unit';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import type { EncodedFrame } from '../../src/outbox/encoded-frame.ts';
import { Hub } from '../../src/room/hub.ts';
import type { Session } from '../../src/session/session.ts';
import { fakeSession } from '../fake-session.ts';

export const room = 'live:1';

interface Listener {
  readonly id: string;
  readonly got: string[];
  readonly types: string[];
  readonly gaps: unknown[];
  readonly writes: { count: number };
}
type FakeSession = Session & Listener;

/** `during` runs inside each write to the viewer. */
function listener(id: string, during: (self: FakeSession) => void): FakeSession {
  const seen: Listener = { id, got: [], types: [], gaps: [], writes: { count: 0 } };
  const deliver = (_room: string, { packets }: EncodedFrame): boolean => {
    seen.writes.count++;
    for (const packet of packets) {
      const [event, payload] = JSON.parse(packet.slice(1)) as [string, { msgs: Msg[] }];
      if (event === 'frame') {
        seen.got.push(...payload.msgs.map((msg) => msg.id));
        seen.types.push(...payload.msgs.map(({ type }) => type));
      } else seen.gaps.push(payload);
    }
    during(self);
    return true;
  };
  const self: FakeSession = fakeSession({ ...seen, deliver, recall: () => {} });
  return self;
}

export function openFanOut(context: TestContext, set: Settings = {}) {
  const runtime = testRuntime(context, set);
  const hub = new Hub();
  const sessions: FakeSession[] = [];
  /** Calls to the receipts part. */
  const receipts: unknown[] = [];
  const fanOut = new FanOut(runtime, {
    hub,
    ledger: new DeliveryLedger(runtime),
    sessions: { of: (user) => sessions.filter(({ id }) => id === user) },
    receipts: {
      track: (ids, { room: where }, head) => receipts.push(['track', ids, where, head]),
      delivered: (where, ids, count) => receipts.push(['delivered', ids, where, count]),
    },
    hops: { add: () => {} },
  });
  closeAfter(context, () => fanOut.stop());
  const viewer = (id: string, during: (self: FakeSession) => void = () => {}): FakeSession => {
    const self = listener(id, during);
    sessions.push(self);
    return self;
  };
  const crowd = (size: number, prefix = 'v', where = room): FakeSession[] =>
    Array.from({ length: size }, (_, index) => {
      const one = viewer(`${prefix}${index}`);
      hub.add(where, one);
      return one;
    });
  const books = async (): Promise<Record<string, number>> => {
    const { due, delivered, viewerShed, undeliverable } = runtime.metrics;
    const sum = async (counter: { get(): Promise<{ values: { value: number }[] }> }) => (await counter.get()).values.reduce((all, { value }) => all + value, 0);
    return { due: await sum(due), delivered: await sum(delivered), shed: await sum(viewerShed), undeliverable: await sum(undeliverable) };
  };
  return { runtime, hub, sessions, receipts, fanOut, viewer, crowd, books };
}

export function frame(lanes: Partial<Record<Lane, string[]>>, where = room, more: Partial<BusFrame['head']> = {}): BusFrame {
  const texts = laneNames.flatMap((lane): [Lane, string][] =>
    lanes[lane]
      ? [
          [
            lane,
            lanes[lane]
              .map((id) => numberedMessage({ room: where, lane, id, body: `{"id":"${id}","type":"x","data":1,"ts":1}`, trace: id }, undefined))
              .join(','),
          ],
        ]
      : [],
  );
  return {
    head: {
      ...{ room: where, epoch: 'e', ranges: {}, traces: [] },
      counts: Object.fromEntries(Object.entries(lanes).map(([lane, ids]) => [lane, ids.length])),
      characters: Object.fromEntries(texts.map(([lane, text]) => [lane, text.length])),
      ...more,
    },
    payload: `{"room":${JSON.stringify(where)},"msgs":[${texts.map(([, text]) => text).join(',')}]}`,
  };
}
