// `npm run layers`: prints every violation of the layer rules (docs/architecture.md) and of the order of the rooms inside a
// package, and exits with 1 if there is one. With `--draw` it also prints which room imports which.
import { checkLayers } from './layers/layer-rules.ts';
import { checkRooms, drawRooms } from './layers/rooms.ts';

const [given] = process.argv.slice(2).filter((argument) => argument !== '--draw');
const root = given ?? new URL('..', import.meta.url).pathname;
const offences = [...checkLayers(root), ...checkRooms(root)];
if (process.argv.includes('--draw')) console.log(drawRooms(root));
for (const offence of offences) console.error(offence);
console.log(offences.length === 0 ? 'layers: good' : `layers: ${offences.length} offences`);
process.exitCode = offences.length === 0 ? 0 : 1;
