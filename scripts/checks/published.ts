// Checks the packages as npm would publish them: publint and arethetypeswrong read the archive that `npm pack` makes. The archive is in a
// temporary folder, which is removed. No registry is contacted.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData, type Package } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const run = promisify(execFile);

/** Module resolutions that the packages do not support: `require` from CommonJS, and resolvers that do not read `exports`. */
const unpromised: readonly string[] = ['node10', 'node16-cjs'];

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

export interface Verdict {
  readonly packages: number;
  /** One line for each problem, which begins with the name of the package. */
  readonly offences: readonly string[];
}

export async function checkPublished(root: string): Promise<Verdict> {
  const dirs = publishedDirs(root);
  const folder = mkdtempSync(join(tmpdir(), 'danmux-pack-'));
  try {
    const offences: string[] = [];
    for (const tarball of await pack(dirs, folder)) offences.push(...(await judge(tarball)));
    return { packages: dirs.length, offences };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function publishedDirs(root: string): string[] {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((dir) => readdirSync(dir).includes('package.json'))
    .filter((dir) => !(JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest).private);
}

async function pack(dirs: readonly string[], folder: string): Promise<string[]> {
  await run('npm', ['pack', '--offline', '--ignore-scripts', '--pack-destination', folder, ...dirs], { maxBuffer: 2 ** 26 });
  return readdirSync(folder).map((file) => join(folder, file));
}

async function judge(tarball: string): Promise<string[]> {
  const data = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer } });
  const name = String(pkg['name']);
  const linted = messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
  return [...linted, ...(await judgeArchive(name, data))];
}

async function judgeArchive(name: string, tarball: Uint8Array): Promise<string[]> {
  const archive = createPackageFromTarballData(new Uint8Array(tarball));
  const unlicensed = archive.fileExists(`/node_modules/${archive.packageName}/LICENSE`)
    ? []
    : [`${name}: it has no LICENSE; copy the one of the repository into its folder`];
  return [...unlicensed, ...(await judgeTypes(name, archive))];
}

async function judgeTypes(name: string, archive: Package): Promise<string[]> {
  const result = await checkPackage(archive);
  if (!result.types) return [`${name}: it has no types`];
  const kept = result.problems.filter((problem) => !('resolutionKind' in problem) || !unpromised.includes(problem.resolutionKind));
  return kept.map((problem) => {
    const entry = 'entrypoint' in problem ? ` at ${problem.entrypoint}` : '';
    const resolution = 'resolutionKind' in problem ? ` under ${problem.resolutionKind}` : '';
    return `${name}: ${problem.kind}${entry}${resolution}`;
  });
}
