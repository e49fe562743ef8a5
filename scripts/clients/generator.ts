// One code generator: how it makes a client from the OpenAPI document, how the client and the program that uses it are compiled, and the
// command of that program. Every generator works in a folder of its own.
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, mustHave, run } from './tool.ts';

export const typescriptPackages: readonly string[] = ['typescript@5.9.3', 'tsx@4.23.15', '@types/node@20.19.43'];
export const mypy = 'mypy==2.4.1';

export interface Generator {
  readonly name: string;
  readonly version: string;
  /** Throws `MissingTool` when this machine cannot run the generator. */
  readonly check: () => Promise<void>;
  readonly generate: (work: Work) => Promise<void>;
  /** Compiles or type-checks the generated client together with the program of the calls. */
  readonly compile: (work: Work) => Promise<void>;
  readonly calls: (work: Work) => Command;
}

export interface Work {
  /** Folder of this generator. */
  readonly folder: string;
  /** Folder of tools that several generators use. */
  readonly shared: string;
  /** Path of the OpenAPI document. */
  readonly document: string;
}

/** Copies one of the programs that make the calls into the folder of the generator. */
export async function addProgram({ folder }: Work, program: string, as = program): Promise<void> {
  await mkdir(dirname(join(folder, as)), { recursive: true });
  await copyFile(fileURLToPath(new URL(`programs/${program}`, import.meta.url)), join(folder, as));
}

/** Installs packages of npm into the folder; each is `name@version`. */
export async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run({ command: 'npm', args: ['init', '-y', '--init-type=module'], cwd: folder });
  await run({ command: 'npm', args: ['install', ...flags, ...packages], cwd: folder });
}

/** Installs packages of PyPI into `folder/site`; each is `name==version`. Returns the environment in which Python finds them. */
export async function pipInstall(folder: string, packages: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const flags = ['-q', '--disable-pip-version-check', '--root-user-action=ignore', '--target', join(folder, 'site')];
  await run({ command: 'python3', args: ['-m', 'pip', 'install', ...flags, ...packages] });
  return pythonPath(folder);
}

export const pythonPath = (folder: string, ...more: readonly string[]) => ({ PYTHONPATH: [join(folder, 'site'), ...more].join(':') });

export const hasPip = () => mustHave('Python from 3.10 with pip (Debian: python3-pip)', 'python3', '-m', 'pip', '--version');

/** Type-checks the generated client and the program, which becomes `calls.ts`. */
export async function checkTypescript(work: Work, program: string): Promise<void> {
  await addProgram(work, program, 'calls.ts');
  const flags = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--allowImportingTsExtensions', '--target', 'es2022'];
  await run({ command: 'node_modules/.bin/tsc', args: [...flags, '--module', 'esnext', '--moduleResolution', 'bundler', 'calls.ts'], cwd: work.folder });
}
