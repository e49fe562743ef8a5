// Controls the wall clock of processes under test, so that a test can step it while they run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const loader = new URL('../clock/steppable-clock.mjs', import.meta.url).href;

export interface ClockFile {
  /** Environment of processes that use this clock. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets the clocks to the true time plus `ms`. */
  step(ms: number): Promise<void>;
  remove(): Promise<void>;
}

export async function createClockFile(): Promise<ClockFile> {
  const dir = await mkdtemp(join(tmpdir(), 'danmux-clock-'));
  const file = join(dir, 'offset');
  await writeFile(file, '0');
  return {
    env: { DANMUX_TEST_CLOCK: file, NODE_OPTIONS: `--import ${loader}` },
    step: (ms) => writeFile(file, String(ms)),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
