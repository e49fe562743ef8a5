// Replaces the overlay's section of docs/performance.md, between two marks. The load test's report leaves that section alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keptSection, sectionOf } from '../../loadtest/src/report/kept-section.ts';

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const about = `\`npm run bench:overlay -- --write\`, in one run, one after the other. The npm library \`danmaku\` leaves nothing out: past what the screen holds its texts lie over one
another, so it was also given only as many as danmux shows. Danmux shows what fits without touching, counts up (×N) what many say, and drops
the oldest that waits. "Taken" is what was shown or counted up. The page counts its frames, so each is drawn by
its main thread; "busy" is the time of its tasks, also while they wait for a core another program has, "CPU" what they had of one.
100 % of CPU is one core; what other programs of the machine took makes frames late.`;

export function writeSection(report: string): void {
  const text = readFileSync(page, 'utf8');
  const section = sectionOf('overlay', `## Overlay in a browser\n\n${about}\n\n${report}`);
  const before = keptSection(text, 'overlay');
  writeFileSync(page, before ? text.replace(before, section) : `${text.trimEnd()}\n\n${section}\n`);
}
