// `npm run docstrings`: prints every export of a package's index without a docstring, and exits with 1 if there is one.
import { undocumentedExports } from './checks/docstrings.ts';

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname;
const bare = undocumentedExports(root);
for (const line of bare) console.error(line);
console.log(
  bare.length === 0 ? 'docstrings: every public export has one' : `docstrings: ${bare.length} public exports have none; add one above each declaration listed`,
);
process.exitCode = bare.length === 0 ? 0 : 1;
