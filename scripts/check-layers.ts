// `npm run layers`: prints every violation of the layer rules (docs/architecture.md) and exits with 1 if there is one.
import { checkLayers } from './layers/layer-rules.ts';

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname;
const offences = checkLayers(root);
for (const offence of offences) console.error(offence);
console.log(offences.length === 0 ? 'layers: good' : `layers: ${offences.length} offences`);
process.exitCode = offences.length === 0 ? 0 : 1;
