// Builds what browsers load into packages/web/dist: the SDK as a module and as a script with a global, its elements and players, the
// pages, and copies of Swagger UI's files. A bundle that grew past its limit fails the build. With --quiet it prints failures only, for `npm start`.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { precompress } from './precompress.mjs';

const quiet = process.argv.includes('--quiet');
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packages = join(root, 'packages');
const web = join(packages, 'web');
const dist = join(web, 'dist');

/** Gzipped size of socket.io-client as its authors publish it. */
const socketIoKiB = 12.6;
/** `maxKiB` limits the gzipped bundle, dependencies included. */
const libraries = [
  { from: 'sdk', entry: 'src/index.ts', format: 'es', file: 'danmux.js', maxKiB: socketIoKiB + 22 },
  { from: 'sdk', entry: 'src/index.ts', format: 'iife', file: 'danmux.iife.js', maxKiB: socketIoKiB + 22 },
  { from: 'sdk-elements', entry: 'src/index.ts', format: 'es', file: 'danmux-elements.js', maxKiB: socketIoKiB + 40 },
  // This bundle imports the SDK from danmux.js in the same folder.
  { from: 'sdk-elements', entry: 'src/players.ts', format: 'es', file: 'danmux-players.js', maxKiB: 6, plugins: [besideDanmux()] },
];

/** Folders with an index.html, each served under `name`; `also` lists further pages in the folder. */
const pages = [
  { from: join(web, 'demo'), name: 'demo', also: htmlIn(join(web, 'demo/players')) },
  { from: join(web, 'obs'), name: 'overlay' },
  { from: join(web, 'console'), name: 'console' },
];

const shared = {
  configFile: false,
  logLevel: 'warn',
  // Bundle the sources instead of dist, which may be older.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
};
/** Rolldown prints its timings when a build was slow; on a busy machine they are noise. */
const checks = { bundlerTimings: false };
const compiled = { sourcemap: true, target: 'es2022' };

await rm(dist, { recursive: true, force: true });

for (const { from, entry, format, file, maxKiB, plugins = [] } of libraries) {
  const lib = { entry: join(packages, from, entry), formats: [format], name: 'Danmux', fileName: () => file };
  // Vite does not remove white space from ES libraries by default.
  const rolldownOptions = { output: { minify: true }, checks };
  await build({
    ...shared,
    root: join(packages, from),
    plugins,
    build: { ...compiled, outDir: join(dist, 'sdk'), emptyOutDir: false, minify: true, lib, rolldownOptions },
  });
  mustBeSmall(join(dist, 'sdk', file), maxKiB);
}

for (const { from, name, also = [] } of pages) {
  const output = { ...compiled, outDir: join(dist, name), emptyOutDir: true, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2_000 };
  await build({ ...shared, root: from, base: './', build: { ...output, rolldownOptions: { input: [join(from, 'index.html'), ...also], checks } } });
  if (!existsSync(join(dist, name, 'index.html'))) throw new Error(`${name} has no index.html`);
  if (!quiet) console.log(`packages/web/dist/${name}/`);
}

copySwaggerUi();
precompress(dist);

/** A plugin that turns imports of the SDK into imports of danmux.js, so that a page loads the SDK once. */
function besideDanmux() {
  return { name: 'beside-danmux', enforce: 'pre', resolveId: (source) => (source === '@danmux/sdk' ? { id: './danmux.js', external: true } : null) };
}

/** Copies the files of Swagger UI that its page loads, so that the api can serve them compressed. The folder is named for the version. */
function copySwaggerUi() {
  const manifest = createRequire(join(packages, 'api/package.json')).resolve('@fastify/swagger-ui/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const folder = join(dist, 'docs', version);
  mkdirSync(folder, { recursive: true });
  for (const file of ['index.css', 'swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'])
    copyFileSync(join(dirname(manifest), 'static', file), join(folder, file));
}

function htmlIn(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.html'))
    .map((file) => join(folder, file));
}

function mustBeSmall(file, maxKiB) {
  const kiB = gzipSync(readFileSync(file)).length / 1024;
  if (!quiet) console.log(`${file.slice(root.length + 1)}  ${kiB.toFixed(1)} KiB gzipped, at most ${maxKiB}`);
  if (kiB <= maxKiB) return;
  console.error(`${file.slice(root.length + 1)} is larger than its limit in scripts/build-web.mjs`);
  process.exitCode = 1;
}
