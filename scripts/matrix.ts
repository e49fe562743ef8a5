// `npm run matrix` runs stock clients of JavaScript, Python, Java, Go and Rust against a real edge, through a graceful restart, and prints a
// row for each. It exits with 1 when a client got less than its due or did not come back. `--only TEXT` runs the clients with TEXT in the name.
import { findPython } from '@danmux/testkit';
import { builtClients, scriptClients } from './matrix/clients.ts';
import { isGood, tableOf } from './matrix/matrix-table.ts';
import { runMatrix } from './matrix/run-matrix.ts';

const at = process.argv.indexOf('--only');
const only = at < 0 ? '' : (process.argv[at + 1] ?? '');
const { clients, missing } = builtClients();
const specs = [...scriptClients(await findPython()), ...clients].filter(({ name }) => name.includes(only));
const rows = await runMatrix(specs, 60_000);
for (const line of [...tableOf(rows), ...missing]) console.log(line);
for (const row of rows) if (!isGood(row)) console.log(row.log);
process.exit(rows.every(isGood) ? 0 : 1);
