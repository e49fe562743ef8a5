// `npm run published`: packs every package that is not private and prints whatever publint and arethetypeswrong find wrong with it.
// It needs what `npm run build` makes.
import { checkPublished } from './checks/published.ts';

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname;
const { packages, offences } = await checkPublished(root);
for (const offence of offences) console.error(offence);
console.log(offences.length === 0 ? `published: ${packages} packages are good` : `published: ${offences.length} offences`);
process.exitCode = offences.length === 0 ? 0 : 1;
