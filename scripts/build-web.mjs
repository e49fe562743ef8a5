// Builds what browsers load into packages/api/web: the SDK as a module and as a script with a global, and the pages. A bundle that
// grew past its limit fails the build.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const web = join(root, 'packages/api/web');
const sdk = join(root, 'packages/sdk');

/** Gzipped, as its authors ship it. */
const socketIoKiB = 12.6;
/** `maxKiB`: gzipped, with all it brings. */
const libraries = [
  { entry: 'src/index.ts', format: 'es', file: 'danmux.js', maxKiB: socketIoKiB + 20 },
  { entry: 'src/index.ts', format: 'iife', file: 'danmux.iife.js', maxKiB: socketIoKiB + 20 },
  { entry: 'src/elements/index.ts', format: 'es', file: 'danmux-elements.js', maxKiB: socketIoKiB + 40 },
  // Imports danmux.js beside it.
  { entry: 'src/players/index.ts', format: 'es', file: 'danmux-players.js', maxKiB: 6, plugins: [besideDanmux()] },
];

/** A folder with an index.html, served under its name, and what other pages are in it. */
const pages = [
  { from: join(sdk, 'demo'), name: 'demo', also: htmlIn(join(sdk, 'demo/players')) },
  { from: join(sdk, 'obs'), name: 'overlay' },
  { from: join(root, 'packages/api/console'), name: 'console' },
];

const shared = {
  configFile: false,
  logLevel: 'warn',
  // Sources rather than dist, so that the bundles never lag behind.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
};
const compiled = { sourcemap: true, target: 'es2022' };

await rm(web, { recursive: true, force: true });

for (const { entry, format, file, maxKiB, plugins = [] } of libraries) {
  const lib = { entry: join(sdk, entry), formats: [format], name: 'Danmux', fileName: () => file };
  // By itself the build leaves the blanks of a library's module in.
  const rolldownOptions = { output: { minify: true } };
  await build({ ...shared, root: sdk, plugins, build: { ...compiled, outDir: join(web, 'sdk'), emptyOutDir: false, minify: true, lib, rolldownOptions } });
  mustBeSmall(join(web, 'sdk', file), maxKiB);
}

for (const { from, name, also = [] } of pages) {
  const output = { ...compiled, outDir: join(web, name), emptyOutDir: true, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2_000 };
  await build({ ...shared, root: from, base: './', build: { ...output, rolldownOptions: { input: [join(from, 'index.html'), ...also] } } });
  if (!existsSync(join(web, name, 'index.html'))) throw new Error(`${name} has no index.html`);
  console.log(`packages/api/web/${name}/`);
}

/** What a bundle imports of the SDK's entry comes from the bundle of that, not with a copy of it. */
function besideDanmux() {
  const entry = join(sdk, 'src/index.ts');
  return {
    name: 'beside-danmux',
    enforce: 'pre',
    resolveId: (source, importer) => (importer && resolve(dirname(importer), source) === entry ? { id: './danmux.js', external: true } : null),
  };
}

function htmlIn(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.html'))
    .map((file) => join(folder, file));
}

function mustBeSmall(file, maxKiB) {
  const kiB = gzipSync(readFileSync(file)).length / 1024;
  console.log(`${file.slice(root.length + 1)}  ${kiB.toFixed(1)} KiB gzipped, at most ${maxKiB}`);
  if (kiB <= maxKiB) return;
  console.error(`${file.slice(root.length + 1)} is larger than its limit in scripts/build-web.mjs`);
  process.exitCode = 1;
}
