// Runs the programs of other languages and keeps the end of their output for error messages. Names a program that is missing together with
// the package to install; installs nothing outside its folder.
import { execFile } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const timeoutMs = 900_000;
const lastLines = 120;

/** A program that is not installed here. Its text says what to install. */
export class MissingTool extends Error {
  constructor(needs: string) {
    super(`not run: install ${needs}`);
    this.name = 'MissingTool';
  }
}

/** Resolves with stdout. Rejects with the last lines of the output when the exit code is not 0. */
export function run({ command, args, cwd, env }: Command): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 28, timeout: timeoutMs, ...(cwd === undefined ? {} : { cwd }) };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.slice(0, 4).join(' ')}: ${error.killed ? 'time limit' : `exit ${error.code}`}\n${tail(stdout + stderr)}`));
    });
  });
}

const tail = (text: string) => text.trimEnd().split('\n').slice(-lastLines).join('\n');

/** Throws `MissingTool` unless the command runs without an error. `needs` names the package that has it. */
export async function mustHave(needs: string, command: string, ...args: readonly string[]): Promise<void> {
  await run({ command, args }).catch(() => {
    throw new MissingTool(needs);
  });
}
