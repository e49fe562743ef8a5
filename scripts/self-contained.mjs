// Runs as `prepack` and `postpack` of the packages for browsers, so that `npm pack` makes archives that install without any other package of this
// repository. `prepack` copies the files that are used of those packages into dist/vendor, and lists only the dependencies from outside this
// repository in the manifest. `postpack`, or the next `prepack`, restores the folder.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const [step] = process.argv.slice(2);
const folder = process.cwd();
const kept = { dist: join(folder, 'dist.workspace'), manifest: join(folder, 'package.workspace.json') };
/** The packages of this repository whose files may be copied into an archive. */
const vendored = ['protocol', 'sdk'];
/** Matches `from '…'`, `import '…'` and `import('…')`, in scripts and typings. */
const imports = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([\w@./-]+)\2/g;

restore();
if (step === 'prepack') {
  try {
    pack();
  } catch (error) {
    restore();
    throw error;
  }
}

function restore() {
  if (existsSync(kept.manifest)) renameSync(kept.manifest, join(folder, 'package.json'));
  if (!existsSync(kept.dist)) return;
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  renameSync(kept.dist, join(folder, 'dist'));
}

function pack() {
  const manifest = readJson(join(folder, 'package.json'));
  cpSync(join(folder, 'package.json'), kept.manifest);
  renameSync(join(folder, 'dist'), kept.dist);
  const needed = new Set();
  const entries = Object.values(manifest.exports).flatMap(({ types, default: script }) => [types, script]);
  const done = new Set();
  const queue = entries.map((entry) => ({ from: join(kept.dist, relative('dist', entry)), to: join(folder, entry) }));
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (done.has(file.to)) continue;
    done.add(file.to);
    queue.push(...copy(file, needed));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifest, needed), null, 2)}\n`);
}

/** Copies one file with its imports rewritten, notes the packages that it needs, and returns the files that it imports. */
function copy({ from, to }, needed) {
  const next = [];
  const text = readFileSync(from, 'utf8')
    .replace(/^\/\/# sourceMappingURL=.*\n?/gm, '')
    .replace(imports, (whole, before, quote, specifier) => {
      const target = targetOf(specifier, { from, to }, needed);
      if (!target) return whole;
      next.push(target);
      // Typings lie beside their script, and other typings import them by the name of the script.
      const typings = { from: target.from.replace(/\.js$/, '.d.ts'), to: target.to.replace(/\.js$/, '.d.ts') };
      if (existsSync(typings.from)) next.push(typings);
      const path = relative(dirname(to), target.to);
      return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
    });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  return next;
}

/** Returns the script that an import names. For a package from outside this repository it adds the package to `needed` and returns undefined. */
function targetOf(specifier, { from, to }, needed) {
  if (specifier.startsWith('.')) {
    const found = scriptOf(resolve(dirname(from), specifier));
    return { from: found, to: resolve(dirname(to), relative(dirname(from), found)) };
  }
  const [, name, ...path] = /^@danmux\/([^/]+)(.*)$/.exec(specifier) ?? [];
  if (name === undefined) {
    needed.add(specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    return undefined;
  }
  if (!vendored.includes(name)) throw new Error(`${from} imports ${specifier}; only ${vendored.join(', ')} may be copied into an archive`);
  const dir = resolve(folder, '..', name);
  // The other package must be built, and not be in the middle of its own `npm pack`.
  const { exports } = readJson(join(dir, 'package.json'));
  const entry = exports[`.${path.join('')}`].default;
  return { from: join(dir, entry), to: join(folder, 'dist/vendor', name, relative('dist', entry)) };
}

/** Returns the name of the compiled script, since typings may import the source by its name in `.ts`. */
function scriptOf(path) {
  return path.replace(/\.ts$/, '.js');
}

function published({ scripts: _scripts, devDependencies: _dev, dependencies, exports, ...manifest }, needed) {
  const ours = vendored.map((name) => readJson(resolve(folder, '..', name, 'package.json')).dependencies ?? {});
  const known = Object.assign({}, ...ours, dependencies);
  const peers = manifest.peerDependencies ?? {};
  const listed = [...needed].filter((name) => known[name] && !(name in peers)).sort();
  const unknown = [...needed].filter((name) => !known[name] && !(name in peers) && !(`@types/${name}` in peers));
  if (unknown.length > 0) throw new Error(`${manifest.name} imports ${unknown.join(', ')}, which no manifest declares`);
  return {
    ...manifest,
    files: ['dist'],
    exports: Object.fromEntries(Object.entries(exports).map(([path, { types, default: script }]) => [path, { types, default: script }])),
    dependencies: Object.fromEntries(listed.map((name) => [name, known[name]])),
  };
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
