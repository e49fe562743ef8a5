// `npm run docs` writes the generated pages of the documentation; with --check it writes nothing and exits with 1 if one is outdated.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { firstDifference, pages } from './docs/pages.ts';

const root = new URL('..', import.meta.url).pathname;
const check = process.argv.includes('--check');
let old = 0;

for (const page of pages) {
  const file = join(root, page.path);
  const text = await page.write();
  const line = firstDifference(existsSync(file) ? readFileSync(file, 'utf8') : '', text);
  if (line === 0) continue;
  old++;
  if (check) {
    console.error(`${page.path}:${line}: differs from the code; run npm run docs`);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`${page.path}: written`);
  }
}
if (old === 0) console.log('docs: up to date');
process.exitCode = check && old > 0 ? 1 : 0;
