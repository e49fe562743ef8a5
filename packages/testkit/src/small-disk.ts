// Mounts a small tmpfs as the disk of a Redis server; a test can fill this disk and free it again. Returns null when the mount fails.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallDisk {
  readonly dir: string;
  /** Fills the disk completely. */
  fill(): Promise<void>;
  /** Frees the space used by `fill`. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

export async function mountSmallDisk(kib: number): Promise<SmallDisk | null> {
  const dir = await mkdtemp(join(tmpdir(), 'danmux-disk-'));
  const filler = join(dir, 'filler');
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', dir]);
  } catch {
    await rm(dir, { recursive: true, force: true });
    return null;
  }
  return {
    dir,
    // Writes until the disk is full; the resulting error is expected.
    fill: async () => void (await writeFile(filler, Buffer.alloc(kib * 1_024)).catch(() => {})),
    empty: () => rm(filler, { force: true }),
    stop: async () => {
      await run('umount', ['-l', dir]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
