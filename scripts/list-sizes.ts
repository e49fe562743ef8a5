// `npm run sizes`: lists the files and functions to split next. It never fails.
import { fileLines, functionLines, type Long, longsOf } from './checks/sizes.ts';

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname;
const { files, functions } = longsOf(root);
print(`files of more than ${fileLines} lines`, files);
print(`functions of more than ${functionLines} lines`, functions);

function print(title: string, longs: readonly Long[]): void {
  console.log(`${title}: ${longs.length === 0 ? 'none' : longs.length}`);
  for (const { where, lines } of longs) console.log(`${String(lines).padStart(6)}  ${where}`);
}
