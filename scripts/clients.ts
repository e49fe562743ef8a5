// `npm run clients` generates clients from the OpenAPI document with the usual code generators, compiles them and makes calls with each to a
// real danmux; then it lints the document and tests the api against it. It prints a row for each and exits with 1 when one failed or could
// not run. `--only TEXT` runs those with TEXT in the name; `--keep` leaves the folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkers } from './clients/checkers.ts';
import { type ClientRow, tableOf } from './clients/client-table.ts';
import { generators } from './clients/generators.ts';
import { runChecker, runGenerator } from './clients/run-clients.ts';
import { startDanmux } from './suite/live-danmux.ts';

const at = process.argv.indexOf('--only');
const only = at < 0 ? '' : (process.argv[at + 1] ?? '');
const chosen = ({ name }: { readonly name: string }) => name.includes(only);
const folder = await mkdtemp(join(tmpdir(), 'danmux-clients-'));
// The hooks of schemathesis give every request an address of its own, in the header of a trusted proxy.
const danmux = await startDanmux(fileURLToPath(new URL('..', import.meta.url)), folder, { ...process.env, DANMUX_TRUSTED_PROXIES: '127.0.0.1/32' });
const rows: ClientRow[] = [];
const add = (row: ClientRow) => {
  rows.push(row);
  console.log(`${row.name}: ${row.good ? 'ok' : row.note}`);
};
try {
  const document = join(folder, 'openapi.json');
  await writeFile(document, await (await fetch(`${danmux.url}/openapi.json`)).text());
  const target = { url: danmux.url, key: danmux.key, folder, document };
  for (const generator of generators.filter(chosen)) add(await runGenerator(generator, target));
  for (const checker of checkers.filter(chosen)) add(await runChecker(checker, target));
} finally {
  await danmux.stop();
  if (process.argv.includes('--keep')) console.log(`kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
console.log(['', ...tableOf(rows)].join('\n'));
process.exit(rows.length > 0 && rows.every(({ good }) => good) ? 0 : 1);
