// Runs the conformance suite on the memory engine.

import { after } from 'node:test';
import { testRuntime } from '@danmux/testkit/unit';
import { MemoryBus } from '../../src/memory/bus.ts';
import { busConformance } from '../conformance.ts';

busConformance('memory', async (set) => {
  const runtime = testRuntime({ after }, set);
  const { config } = runtime;
  const bus = new MemoryBus(runtime);
  await bus.start();
  return { bus, config, clock: runtime.clock, wipe: async () => bus.wipe(), rollBack: async (room, heads) => bus.goBack(room, heads), close: () => bus.stop() };
});
