// Runs the conformance suite on the memory engine.
import { createRuntime, loadConfig } from '@danmux/runtime';
import { MemoryBus } from '../../src/memory/bus.ts';
import { busConformance } from '../conformance.ts';
import { testSettings } from '../settings.ts';

busConformance('memory', async (set) => {
  const { config } = loadConfig(testSettings(set));
  const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false });
  const bus = new MemoryBus(runtime);
  await bus.start();
  return { bus, config, clock: runtime.clock, wipe: async () => bus.wipe(), rollBack: async (room, heads) => bus.goBack(room, heads), close: () => bus.stop() };
});
