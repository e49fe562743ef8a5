// `npm run matrix` runs stock clients of JavaScript, Python, Java, Go and Rust against a real edge, through a graceful restart, and prints a
// row for each; then Pusher's library for Java against a real danmux, a row for each call. It exits with 1 when a client got less than its due or
// did not come back, or a call got another answer. `--only TEXT` runs the clients with TEXT in the name.
import { findPython } from '@danmux/testkit';
import { builtClients, scriptClients } from './matrix/clients.ts';
import { isGood, tableOf } from './matrix/matrix-table.ts';
import { isDue, type PusherRow, pusherTable, runPusher } from './matrix/pusher-rows.ts';
import { runMatrix } from './matrix/run-matrix.ts';

const at = process.argv.indexOf('--only');
const only = at < 0 ? '' : (process.argv[at + 1] ?? '');
const { clients, pusher, missing } = builtClients();
const specs = [...scriptClients(await findPython()), ...clients].filter(({ name }) => name.includes(only));
const rows = specs.length > 0 ? await runMatrix(specs, 60_000) : [];
for (const line of [...(specs.length > 0 ? tableOf(rows) : []), ...missing]) console.log(line);
for (const row of rows) if (!isGood(row)) console.log(row.log);
const calls: PusherRow[] = [];
for (const spec of pusher.filter(({ name }) => name.includes(only))) calls.push(...(await runPusher(spec)));
if (calls.length > 0) for (const line of ['', ...pusherTable(calls)]) console.log(line);
process.exit(rows.every(isGood) && calls.every(isDue) ? 0 : 1);
