// The wall clock of the processes of a test, to be stepped while they run.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const loader = new URL('../clock/steppable-clock.mjs', import.meta.url).href;

export interface ClockFile {
  /** For the processes that shall go by it. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts their clocks `ms` off the true time. */
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
