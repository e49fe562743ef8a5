// The drill that steps the wall clock of every process of the cluster, forward and back. It needs processes that were started with
// the adjustable clock of packages/testkit/clock, and never touches the clock of the machine.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Drill } from './drill.ts';
import { processesOf } from './pm2-processes.ts';
import { undoing } from './undoing.ts';

const clock = fileURLToPath(new URL('../../packages/testkit/clock/steppable-clock.mjs', import.meta.url));
const minute = 60_000;
/** Must stay below the lifetime of the drill's token. */
const steps = [10 * minute, -20 * minute];
const betweenMs = 3_000;

export const clockDrill: Drill = {
  does: 'sets the wall clock of all processes 10 minutes fast, then 20 minutes slow, then right',
  run: async () => {
    const processes = await processesOf('danmux-');
    const files = new Set(processes.map(({ pm2_env }) => pm2_env?.['DANMUX_TEST_CLOCK']));
    const [file] = files;
    if (files.size !== 1 || typeof file !== 'string') {
      throw new Error(
        `clock-step needs a cluster that was started with an adjustable clock, and this one was not. Start it like this:\n  DANMUX_TEST_CLOCK=/tmp/clock NODE_OPTIONS="--import ${clock}" npx pm2 start ecosystem.config.js`,
      );
    }
    const setRight = () => {
      writeFileSync(file, '0');
      console.log('the clocks are right again');
    };
    await undoing(setRight, async () => {
      for (const offset of steps) {
        console.log(`the clocks are ${Math.abs(offset) / minute} minutes ${offset > 0 ? 'fast' : 'slow'}`);
        writeFileSync(file, String(offset));
        await new Promise((resolve) => setTimeout(resolve, betweenMs));
      }
    });
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  },
};
