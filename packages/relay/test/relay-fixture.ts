// A relay on a memory bus, whose calls a test can make fail.

import assert from 'node:assert/strict';
import { acceptPublication, type Bus, type BusFrame, type Marks, type Publication } from '@danmux/bus';
import { laneNames } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { closeAfter, type Gate, gated, type Owner, type Settings, testBus, testRuntime } from '@danmux/testkit/unit';
import { RelayRole } from '../src/index.ts';

export interface Fixture {
  readonly runtime: Runtime;
  readonly bus: Bus;
  /** The gate between the role under test and the bus. */
  readonly gate: Gate<Bus>;
  readonly relay: RelayRole;
  readonly frames: BusFrame[];
  message(type: string, id: string, room?: string, marks?: Marks): Publication;
  messages(lane: string): { id: string; offset?: number; data?: unknown }[];
}

export const room = 'live:1';

export const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

export async function balanced(bus: Fixture['bus']): Promise<void> {
  const { accepted, sequenced, shed } = await bus.ledger.totals();
  for (const lane of laneNames) assert.equal(sequenced[lane] + Object.values(shed[lane]).reduce((sum, count) => sum + count, 0), accepted[lane], lane);
}

export async function startRelay(owner: Owner, set: Settings = {}): Promise<Fixture> {
  const runtime = testRuntime(owner, { shards: 4, 'relay.chat_per_second': 100_000, ...set });
  const bus = testBus(owner, runtime);
  await bus.start();
  const gate = gated(bus);
  const frames: BusFrame[] = [];
  await bus.frames.subscribe(room, { frame: (frame) => frames.push(frame), resumed: () => {} });
  const relay = new RelayRole(runtime, gate.open);
  closeAfter(owner, () => relay.stop());
  return {
    runtime,
    bus,
    gate,
    relay,
    frames,
    message: (type, id, where = room, marks) =>
      acceptPublication(
        { room: where, type, data: { id }, id, ...(marks ? { marks } : {}) },
        { types: runtime.config.messages.types, maxData: 1_000, now: Date.now() },
      ),
    messages: (lane) =>
      frames.flatMap(({ payload }) =>
        (JSON.parse(payload) as { msgs: { id: string; lane: string; offset?: number; data?: unknown }[] }).msgs.filter((msg) => msg.lane === lane),
      ),
  };
}
