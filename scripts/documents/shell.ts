// Runs the shell blocks of a page in one bash, in their order, as a reader does who types them one after the other. The first command that
// fails ends it. Commands that exceptions.ts lists are left out.
import { execFile } from 'node:child_process';
import { type Block, commandsOf } from './block.ts';
import { isLeftOut } from './ways.ts';

export interface ShellRun {
  readonly code: number;
  /** What each block printed, in order. A block that was not reached has none. */
  readonly printed: readonly string[];
  readonly errors: string;
}

export interface ShellOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Puts real addresses and short forms in place of those of the page. */
  readonly change?: (text: string) => string;
  readonly timeoutMs?: number;
}

const mark = '--- next block ---';

/** The text that bash runs for a block. */
export function scriptOf(block: Block): string {
  return commandsOf(block.text)
    .filter((command) => !isLeftOut(block.file, command))
    .join('\n');
}

export function runShell(blocks: readonly Block[], { cwd, env, change = (text) => text, timeoutMs = 60_000 }: ShellOptions): Promise<ShellRun> {
  const script = blocks.map((block) => `echo '${mark}'\n${change(scriptOf(block))}\n`).join('');
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 16 << 20 };
    execFile('bash', ['-e', '-o', 'pipefail', '-c', script], options, (error, out, errors) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, printed: out.split(`${mark}\n`).slice(1), errors });
    });
  });
}

/** A pattern for output that a page shows: ids, times and numbers may be others. */
export function shapeOf(shown: string): RegExp {
  const escaped = shown.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const free = escaped
    .replace(/\d\d:\d\d:\d\d/g, '\u0001')
    .replace(/\b[0-9A-Z]{26}\b/g, '\u0002')
    .replace(/order-[0-9a-f]{12}/g, 'order-\u0002')
    .replace(/(?<![\w:])\d+(?![\w:])/g, '\u0003');
  return new RegExp(`^${free.replaceAll('\u0001', '\\d\\d:\\d\\d:\\d\\d').replaceAll('\u0002', '\\S+').replaceAll('\u0003', '\\d+')}\\n?$`);
}
