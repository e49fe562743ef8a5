// A report for the terminal: a table with a column per server, ratios to danmux, and one line per acceptance criterion.
import type { Acceptance, Run, ScenarioReport } from './report.ts';

export function linesOf({ scenario, does, runs, acceptance }: ScenarioReport): string[] {
  return ['', `${scenario}: ${does}`, ...runs.flatMap(runLines), ...ratioLines(runs), ...acceptance.map(acceptanceLine)];
}

function runLines({ title, figures, windows }: Run): string[] {
  const head = ['', title, ...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(44)}${shown(value)}`)];
  return windows.length === 0 ? head : [...head, `  ${windowHead}`, ...windows.map(({ label, window }) => `  ${windowRow(label, window)}`)];
}

const widths = [46, 14, 10, 9, 9, 11, 9, 9, 9, 9] as const;
const row = (cells: readonly string[]) => cells.map((cell, at) => (at === 0 ? cell.slice(0, 45).padEnd(widths[0]) : cell.padStart(widths[at] ?? 10))).join('');
const windowHead = row(['window', 'deliveries/s', 'frames/s', 'p50 ms', 'p99 ms', 'B/message', 'CPU s/M', 'server', 'others', 'lag p99']);

function windowRow(label: string, window: Run['windows'][number]['window']): string {
  const chat = window.latencies['chat'] ?? window.latencies['gift'];
  const share = (cpu: number) => `${Math.round(cpu * 100)} %`;
  return row([
    label,
    shown(window.deliveriesPerSecond),
    shown(window.framesPerSecond),
    String(chat?.p50 ?? '-'),
    String(chat?.p99 ?? '-'),
    shown(window.bytesPerDelivery),
    window.cpuSecondsPerMillion.toFixed(2),
    share(window.serverCpu + window.storeCpu),
    share(window.otherCpu),
    window.loopLagP99 === undefined ? '-' : window.loopLagP99.toFixed(0),
  ]);
}

/** The ratio of danmux's figure to the peer's, for each figure that both have. */
function ratioLines(runs: readonly Run[]): string[] {
  const ours = runs.filter(({ server }) => server === 'danmux');
  const others = runs.filter(({ server }) => server !== 'danmux');
  const lines = ours.flatMap((danmux) => others.flatMap((peer) => ratiosTo(danmux, peer)));
  return lines.length === 0 ? [] : ['', 'ratios', ...lines];
}

function ratiosTo(danmux: Run, peer: Run): string[] {
  return Object.entries(danmux.figures).flatMap(([name, value]) => {
    const other = peer.figures[name];
    if (typeof value !== 'number' || typeof other !== 'number' || other === 0) return [];
    return [`  ${`${danmux.title} / ${peer.title}: ${name}`.padEnd(84)} ${(value / other).toFixed(2)}`];
  });
}

function acceptanceLine({ what, bound, measured, passed }: Acceptance): string {
  return `${passed ? 'PASS' : 'FAIL'}  ${what}: ${bound}; measured ${measured}`;
}

export function shown(value: number | string): string {
  if (typeof value === 'string') return value;
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
