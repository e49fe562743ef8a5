// Builds what browsers load into packages/api/web: the SDK as a module and as a script with a global, and the demo page.
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const web = join(root, 'packages/api/web');
const sdk = join(root, 'packages/sdk');

const shared = {
  configFile: false,
  logLevel: 'warn',
  // Sources rather than dist, so that the bundles never lag behind.
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
};

await rm(web, { recursive: true, force: true });

for (const [format, fileName] of [
  ['es', 'danmux.js'],
  ['iife', 'danmux.iife.js'],
]) {
  await build({
    ...shared,
    root: sdk,
    build: {
      outDir: join(web, 'sdk'),
      emptyOutDir: false,
      sourcemap: true,
      minify: true,
      target: 'es2022',
      lib: { entry: join(sdk, 'src/index.ts'), formats: [format], name: 'Danmux', fileName: () => fileName },
    },
  });
  await report(join(web, 'sdk', fileName));
}

await build({
  ...shared,
  root: join(sdk, 'demo'),
  base: './',
  build: { outDir: join(web, 'demo'), emptyOutDir: true, sourcemap: true, target: 'es2022', modulePreload: { polyfill: false } },
});
await report(join(web, 'demo/index.html'));

async function report(file) {
  const { size } = await stat(file);
  console.log(`${file.slice(root.length + 1)}  ${(size / 1024).toFixed(1)} KiB`);
}
