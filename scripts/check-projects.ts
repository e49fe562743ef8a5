// `npm run projects`: prints every TypeScript file that is not in exactly one type-checked project, and exits with 1 if there is one.
import { strayFiles } from './checks/projects.ts';

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname;
const stray = await strayFiles(root);
for (const line of stray) console.error(line);
console.log(stray.length === 0 ? 'projects: every file is type-checked once' : `projects: ${stray.length} files`);
process.exitCode = stray.length === 0 ? 0 : 1;
