// Builds what browsers load into packages/api/web: the SDK as a module and as a script with a global, and the pages. A bundle that
// grew past its limit fails the build.
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
];

/** A folder with an index.html, served under its name. */
const pages = [
  { from: join(sdk, 'demo'), name: 'demo' },
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

for (const { entry, format, file, maxKiB } of libraries) {
  const lib = { entry: join(sdk, entry), formats: [format], name: 'Danmux', fileName: () => file };
  await build({ ...shared, root: sdk, build: { ...compiled, outDir: join(web, 'sdk'), emptyOutDir: false, minify: true, lib } });
  mustBeSmall(join(web, 'sdk', file), maxKiB);
}

for (const { from, name } of pages) {
  await build({ ...shared, root: from, base: './', build: { ...compiled, outDir: join(web, name), emptyOutDir: true, modulePreload: { polyfill: false } } });
  if (!existsSync(join(web, name, 'index.html'))) throw new Error(`${name} has no index.html`);
  console.log(`packages/api/web/${name}/`);
}

function mustBeSmall(file, maxKiB) {
  const kiB = gzipSync(readFileSync(file)).length / 1024;
  console.log(`${file.slice(root.length + 1)}  ${kiB.toFixed(1)} KiB gzipped, at most ${maxKiB}`);
  if (kiB <= maxKiB) return;
  console.error(`${file.slice(root.length + 1)} is larger than its limit in scripts/build-web.mjs`);
  process.exitCode = 1;
}
