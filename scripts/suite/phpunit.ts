// Runs the PHP client's tests, against a scripted server and against a real danmux, and counts them from PHPUnit's JUnit log.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Count, nothing, withExit } from './count.ts';
import { type Danmux, startDanmux } from './live-danmux.ts';
import { type ProgramOptions, runProgram } from './process-group.ts';

export async function runPhpunit(root: string, options: ProgramOptions): Promise<Count> {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-php-'));
  const log = join(dir, 'junit.xml');
  let danmux: Danmux | undefined;
  try {
    danmux = await startDanmux(root, dir, options.env);
    const env = { ...options.env, DANMUX_TEST_URL: danmux.url, DANMUX_TEST_KEY: danmux.key };
    const args = ['--testsuite', 'client,live', '--testdox', '--log-junit', log];
    const { code } = await runProgram('phpunit', args, { ...options, cwd: join(root, 'clients/php'), env });
    return withExit(existsSync(log) ? countJunit(readFileSync(log, 'utf8')) : nothing, code === 0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  } finally {
    await danmux?.stop();
    rmSync(dir, { recursive: true });
  }
}

/** Reads the first suite of the log, which sums up all others. Skipped tests count as failed. */
export function countJunit(xml: string): Count {
  const attributes = /<testsuite ([^>]*)>/.exec(xml)?.[1] ?? '';
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failed = number('errors') + number('failures') + number('warnings') + number('skipped');
  return { passed: number('tests') - failed, failed };
}
