// The layer rule of docs/architecture.md, checked on a folder of packages: who may import whom, that an import is declared, that no
// file reaches into another package's src, that no files import one another in a circle, and that only the config reads
// process.env. npm hoists workspaces, so without this check an undeclared import would work until it is published.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { importCycles } from './import-cycles.ts';
import { type ImportedModule, readSource } from './read-source.ts';

/** The other packages that each package may import. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  runtime: ['protocol'],
  bus: ['protocol', 'runtime'],
  jobs: ['protocol', 'runtime', 'bus'],
  policy: ['protocol', 'runtime', 'bus'],
  webhooks: ['protocol', 'runtime', 'bus', 'jobs', 'policy'],
  cluster: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks'],
  edge: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster'],
  relay: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster'],
  api: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster'],
  worker: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster'],
  sdk: ['protocol'],
  'sdk-elements': ['protocol', 'sdk'],
  web: ['protocol', 'sdk', 'sdk-elements'],
  cli: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster', 'edge', 'relay', 'api', 'worker', 'web'],
  testkit: ['protocol', 'runtime', 'bus', 'jobs', 'policy', 'webhooks', 'cluster', 'edge', 'relay', 'api', 'worker', 'sdk', 'sdk-elements', 'web', 'cli'],
};

/** Workspaces outside packages/, with the packages that each may import. Nothing may import these workspaces. */
const besides: Readonly<Record<string, readonly string[]>> = { loadtest: ['runtime', 'testkit'] };

const allowedTo = (name: string): readonly string[] => layers[name] ?? besides[name] ?? [];

/** Source folders of the packages whose sources are not in src. */
const sourceFolders: Readonly<Record<string, readonly string[]>> = { web: ['console', 'demo', 'obs'] };

/** Packages that run in a browser, where there are no Node modules. */
const browserPackages: readonly string[] = ['protocol', 'sdk', 'sdk-elements', 'web'];

/** These packages declare their imports in devDependencies, since no user installs them: `web` is published as bundles, `loadtest` not at all. */
const bundled: readonly string[] = ['web', ...Object.keys(besides)];

/** The only source file that reads the environment; testkit, which starts processes for tests, may too. */
const environmentReader = 'runtime/src/config/load.ts';
const mayReadEnvironment = (path: string) => path === environmentReader || path.startsWith('testkit/');

/** The only caller of the bus's `publish`, because it counts what it publishes; the bus's own files and testkit may too. */
const publisher = 'cluster/src/publisher.ts';
const mayPublish = (path: string) => path === publisher || path.startsWith('bus/') || path.startsWith('testkit/');

interface Package {
  readonly name: string;
  readonly dir: string;
  readonly declared: ReadonlySet<string>;
  /** Everything that the tests of the package may import: `declared`, and the devDependencies of the package and of the root. */
  readonly declaredForTests: ReadonlySet<string>;
}

type Kind = 'source' | 'test';

/** Returns each violation as one line, such as `packages/edge/src/hub.ts:3: …`; empty when there is none. */
export function checkLayers(root: string): string[] {
  const packages = join(root, 'packages');
  const offences: string[] = [];
  for (const name of readdirSync(packages).sort()) {
    const dir = join(packages, name);
    if (!existsSync(join(dir, 'package.json'))) continue;
    if (!Object.hasOwn(layers, name)) offences.push(`packages/${name}: this package has no place in the layers; add it to scripts/layers/layer-rules.ts`);
    else offences.push(...checkPackage(root, readPackage(root, name, dir)));
  }
  for (const name of Object.keys(besides)) {
    const dir = join(root, name);
    if (existsSync(join(dir, 'package.json'))) offences.push(...checkPackage(root, readPackage(root, name, dir)));
  }
  return [...offences, ...cyclesOfScripts(root)];
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (dir: string): Manifest => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest;

function readPackage(root: string, name: string, dir: string): Package {
  const { name: own, dependencies = {}, peerDependencies = {}, devDependencies = {} } = readManifest(dir);
  const declared = [own, ...Object.keys(dependencies), ...Object.keys(peerDependencies), ...(bundled.includes(name) ? Object.keys(devDependencies) : [])];
  const ofRoot = existsSync(join(root, 'package.json')) ? Object.keys(readManifest(root).devDependencies ?? {}) : [];
  return { name, dir, declared: new Set(declared), declaredForTests: new Set([...declared, ...Object.keys(devDependencies), ...ofRoot]) };
}

function checkPackage(root: string, pack: Package): string[] {
  const offences: string[] = [];
  const graph = new Map<string, string[]>();
  const folders = (sourceFolders[pack.name] ?? ['src']).map((folder) => [folder, 'source'] as const);
  for (const [folder, kind] of [...folders, ['test', 'test'] as const]) {
    for (const file of sourceFiles(join(pack.dir, folder))) {
      const { imports, wrong } = checkFile(root, pack, kind, file);
      offences.push(...wrong);
      graph.set(relative(pack.dir, file), relativeImports(pack.dir, file, imports));
    }
  }
  return [...offences, ...cyclesIn(graph, relative(root, pack.dir))];
}

function checkFile(root: string, pack: Package, kind: Kind, file: string): { imports: readonly ImportedModule[]; wrong: string[] } {
  const shown = relative(root, file);
  const { imports, environment, publishes } = readSource(file, readFileSync(file, 'utf8'));
  const wrong: string[] = [];
  for (const imported of imports) {
    const reason = judgeImport(pack, kind, file, imported);
    if (reason) wrong.push(`${shown}:${imported.line}: ${reason}`);
  }
  if (kind === 'source' && !mayReadEnvironment(relative(join(root, 'packages'), file)))
    for (const line of environment) wrong.push(`${shown}:${line}: reads process.env; only packages/${environmentReader} may`);
  if (kind === 'source' && !mayPublish(relative(join(root, 'packages'), file)))
    for (const line of publishes) wrong.push(`${shown}:${line}: publishes on the bus; only packages/${publisher} may: use its Publisher`);
  return { imports, wrong };
}

/** Returns the import cycles among the scripts. This is their only rule: a script may import any package, including files that it does not export. */
function cyclesOfScripts(root: string): string[] {
  const dir = join(root, 'scripts');
  const graph = new Map<string, string[]>();
  for (const file of sourceFiles(dir)) graph.set(relative(dir, file), relativeImports(dir, file, readSource(file, readFileSync(file, 'utf8')).imports));
  return cyclesIn(graph, 'scripts');
}

const cyclesIn = (graph: ReadonlyMap<string, readonly string[]>, where: string): string[] =>
  importCycles(graph).map((cycle) => `${where}: import cycle: ${[...cycle, cycle[0]].join(' → ')}`);

function sourceFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && statSync(file).isFile())
    .sort();
}

function relativeImports(dir: string, file: string, imports: readonly ImportedModule[]): string[] {
  return imports.flatMap(({ specifier }) => (specifier?.startsWith('.') ? [relative(dir, resolve(dirname(file), specifier))] : []));
}

/** Returns the reason why an import is not allowed, or null when it is allowed. */
function judgeImport(pack: Package, kind: Kind, file: string, { specifier }: ImportedModule): string | null {
  if (specifier === null) return kind === 'test' ? null : 'imports a module whose name is computed; write the name';
  if (specifier.startsWith('.') || specifier.startsWith('/')) return judgePath(pack, file, specifier);
  const name = packageOf(specifier);
  if (name.startsWith('node:') || builtinModules.includes(name)) {
    if (!specifier.startsWith('node:')) return `imports "${specifier}"; write node:${specifier}`;
    return kind === 'source' && browserPackages.includes(pack.name) ? `imports ${specifier}, which a browser does not have` : null;
  }
  const target = folderOf(name);
  if (target !== null) {
    const wrong = judgeLayer(pack, kind, specifier, target);
    if (wrong) return wrong;
  }
  return (kind === 'test' ? pack.declaredForTests : pack.declared).has(name) ? null : `imports ${name}, which ${declaringFile(pack)} does not declare`;
}

/** Returns the folder of a package of this repository: `bus` for `@danmux/bus`, and `cli` for `danmux`. Returns null for every other package. */
function folderOf(name: string): string | null {
  if (name === 'danmux') return 'cli';
  return name.startsWith('@danmux/') ? name.slice('@danmux/'.length) : null;
}

const declaringFile = ({ name }: Package) => `${Object.hasOwn(besides, name) ? name : `packages/${name}`}/package.json`;

function judgePath(pack: Package, file: string, specifier: string): string | null {
  // A suffix such as `?url` is for the bundler and not part of the file name.
  const target = resolve(dirname(file), specifier.split('?')[0] ?? specifier);
  if (relative(pack.dir, target).startsWith('..')) return `imports ${specifier}, which is outside its package; import the package by name`;
  return existsSync(target) ? null : `imports ${specifier}, which does not exist; write the whole name with .ts`;
}

function judgeLayer(pack: Package, kind: Kind, specifier: string, target: string): string | null {
  const allowed = kind === 'test' ? [...allowedTo(pack.name), pack.name, 'testkit'] : allowedTo(pack.name);
  const who = kind === 'test' ? `a test of ${pack.name}` : pack.name;
  if (!allowed.includes(target)) return `imports ${packageOf(specifier)}; ${who} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package'}`;
  return /^(@danmux\/[^/]+|danmux)\/(src|dist)(\/|$)/.test(specifier) ? `imports ${specifier}, the inside of another package; import what it exports` : null;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
