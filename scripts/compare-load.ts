// `npm run compare-load -- --base DIR`: runs load scenarios alternately in this checkout and in another one, both already built. It prints the
// ratio of their costs and its 95 % confidence interval. Below 1.00 this checkout is cheaper. It needs a machine with two cores and no other load.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

interface Measured {
  readonly cpuSecondsPerMillion: number;
  readonly serverCpu: number;
  readonly storeCpu: number;
}

/** Fixed rates, so that both builds do the same work. */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  'steady-chat': ['--viewers', '2000', '--rate', '100'],
  flood: [],
  'idle-connections': ['--viewers', '5000'],
  'api-publish': [],
  'thousand-rooms': [],
};

/** Two-sided 95 % quantile of Student's t by degrees of freedom. */
const t95 = [Number.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: Object.keys(scenarios).join() },
  },
});
const pairs = Number(values.pairs);
if (!values.base) throw new Error('--base: the folder of the other checkout, built with `npx tsc -b`');
if (!Number.isInteger(pairs) || pairs < 2 || pairs > 10) throw new Error('--pairs: a whole number from 2 to 10');

const here = new URL('..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'danmux-compare-'));

/**
 * Returns the CPU seconds of the server per million deliveries, or per million stored messages for api-publish. For a scenario without deliveries it
 * returns the share of a core.
 */
function costOf(checkout: string, scenario: string): number {
  const report = join(scratch, 'report.json');
  const options = ['--only', 'danmux', '--seconds', values.seconds, ...(scenarios[scenario] ?? []), '--json', report, '--html', join(scratch, 'report.html')];
  // Ignores the exit code, which tells whether the acceptance criteria were met: only the cost matters here.
  const run = spawnSync(process.execPath, [join(checkout, 'loadtest/dist/main.js'), scenario, ...options], { cwd: checkout, encoding: 'utf8' });
  const [measured] = JSON.parse(readFileSync(report, 'utf8')).report.runs as { windows: { window: Measured }[]; figures: Record<string, unknown> }[];
  rmSync(report);
  const last = measured?.windows.at(-1)?.window;
  if (last) return last.cpuSecondsPerMillion > 0 ? last.cpuSecondsPerMillion : last.serverCpu + last.storeCpu;
  const [percent, stored] = [sumOf(measured?.figures, 'CPU while batches come'), sumOf(measured?.figures, 'messages/s stored')];
  if (!(percent > 0 && stored > 0)) throw new Error(`${scenario} in ${checkout} measured nothing:\n${run.stdout}${run.stderr}`);
  return (percent / 100 / stored) * 1e6;
}

/** Sums the figures whose name contains `part`. A figure is a number, or text that begins with one, such as `73 %`. */
function sumOf(figures: Readonly<Record<string, unknown>> = {}, part: string): number {
  return Object.entries(figures).reduce((sum, [name, value]) => sum + (name.includes(part) ? Number.parseFloat(String(value)) : 0), 0);
}

try {
  console.log(`cost of ${here} over ${resolve(values.base)}, ${pairs} pairs of ${values.seconds} s windows\n`);
  for (const scenario of values.only.split(',')) {
    if (!Object.hasOwn(scenarios, scenario)) throw new Error(`--only: no scenario ${scenario}; there are ${Object.keys(scenarios).join(', ')}`);
    const logs: number[] = [];
    const costs: string[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      // The checkouts take turns in running first.
      const order = pair % 2 === 0 ? [here, values.base] : [values.base, here];
      const cost = new Map(order.map((checkout) => [checkout, costOf(checkout, scenario)]));
      const [mine = Number.NaN, base = Number.NaN] = [cost.get(here), cost.get(values.base)];
      logs.push(Math.log(mine / base));
      costs.push(`${mine.toPrecision(3)}/${base.toPrecision(3)}`);
    }
    const mean = logs.reduce((sum, one) => sum + one, 0) / pairs;
    const deviation = Math.sqrt(logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (pairs - 1));
    const half = ((t95[pairs - 1] ?? Number.NaN) * deviation) / Math.sqrt(pairs);
    const shown = [mean, mean - half, mean + half].map((one) => Math.exp(one).toFixed(3));
    console.log(`${scenario.padEnd(18)} ${shown[0]}  (${shown[1]} to ${shown[2]})   ${costs.join('  ')}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
