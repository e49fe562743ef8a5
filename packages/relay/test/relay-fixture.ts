// A relay on a memory bus, whose calls a test can make fail.

import { acceptPublication, type Bus, type BusFrame, createBus, type Marks, type Publication } from '@danmux/bus';
import { createRuntime, loadConfig, type Runtime } from '@danmux/runtime';
import { type BusOverrides, noOverrides, overridden } from '@danmux/testkit/unit';
import { RelayRole } from '../src/index.ts';

export interface Fixture {
  readonly runtime: Runtime;
  readonly bus: Bus;
  /** Replacements of bus methods by name, which the role under test calls. */
  readonly overrides: BusOverrides;
  readonly relay: RelayRole;
  readonly frames: BusFrame[];
  message(type: string, id: string, room?: string, marks?: Marks): Publication;
  messages(lane: string): { id: string; offset?: number; data?: unknown }[];
  close(): Promise<void>;
}

export const room = 'live:1';

export async function startRelay(set: Readonly<Record<string, unknown>> = {}): Promise<Fixture> {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, shards: 4, 'relay.chat_per_second': 100_000, ...set } });
  const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false });
  const bus = createBus(runtime);
  await bus.start();
  const overrides = noOverrides();
  const seen = overridden(bus, overrides);
  const frames: BusFrame[] = [];
  await bus.frames.subscribe(room, { frame: (frame) => frames.push(frame), resumed: () => {} });
  const relay = new RelayRole(runtime, seen);
  return {
    runtime,
    bus,
    overrides,
    relay,
    frames,
    message: (type, id, where = room, marks) =>
      acceptPublication(
        { room: where, type, data: { id }, id, ...(marks ? { marks } : {}) },
        { types: config.messages.types, maxData: 1_000, now: Date.now() },
      ),
    messages: (lane) =>
      frames.flatMap(({ payload }) =>
        (JSON.parse(payload) as { msgs: { id: string; lane: string; offset?: number; data?: unknown }[] }).msgs.filter((msg) => msg.lane === lane),
      ),
    close: async () => {
      await relay.stop();
      await bus.stop();
    },
  };
}
