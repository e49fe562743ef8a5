// A report as one self-contained page: tables, acceptance criteria, and plots over time by uPlot, whose code and style are inlined.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Acceptance, ReportFile, Run } from './report.ts';
import { shown } from './text-table.ts';

const require = createRequire(import.meta.url);
const uplotDir = dirname(require.resolve('uplot/dist/uPlot.iife.min.js'));
const readUplot = (file: string) => readFileSync(join(uplotDir, file), 'utf8');

interface Plot {
  /** Index of its run. */
  readonly run: number;
  readonly title: string;
  readonly series: readonly string[];
  /** uPlot's format: a row of seconds, then one row per series. */
  readonly data: readonly (readonly (number | null)[])[];
}

export function htmlOf(file: ReportFile): string {
  const { report, machine, at, command } = file;
  const plots = report.runs.flatMap(plotsOf);
  const sections = report.runs.map(
    (run, index) => `<h2>${escaped(run.title)}</h2>${figuresTable(run)}${windowsTable(run)}<div class="plots" data-run="${index}"></div>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(report.scenario)}: load test of danmux</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${readUplot('uPlot.min.css')}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c1c1c;background:#fff}
table{border-collapse:collapse;margin:.5rem 0;display:block;overflow-x:auto}td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}
.words td,.words th{text-align:left}.pass{color:#116329}.fail{color:#b3261e;font-weight:600}.plots{display:flex;flex-wrap:wrap;gap:1rem}</style>
<h1>${escaped(report.scenario)}</h1><p>${escaped(report.does)}<br>${escaped(optionsLine(report))}</p>
<p>${escaped(at)} · <code>${escaped(command)}</code><br>${escaped(machineLine(machine))}</p>
${acceptanceTable(report.acceptance)}${sections.join('\n')}
<script>${readUplot('uPlot.iife.min.js').replaceAll('</script', '<\\/script')}</script>
<script>const plots=${JSON.stringify(plots).replaceAll('<', '\\u003c')};${draw}</script></html>
`;
}

/** Runs in the page. */
const draw = `
const colours=['#0b57d0','#b3261e','#116329','#8a5300','#6b3fa0'];
for(const {run,title,series,data} of plots){
  const place=document.querySelector('[data-run="'+run+'"]');
  new uPlot({title,width:540,height:240,scales:{x:{time:false}},axes:[{label:'s'},{size:80,values:(_,v)=>v.map(n=>n>=1e6?n/1e6+' M':n>=1e4?n/1e3+' k':n)}],
    series:[{label:'s'},...series.map((label,i)=>({label,stroke:colours[i%colours.length],width:1.5}))]},data,place);
}`;

function plotsOf(run: Run, index: number): Plot[] {
  const { timeline } = run;
  const [first] = timeline;
  if (!first) return [];
  const seconds = timeline.map(({ at }) => Math.round((at - first.at) / 100) / 10);
  const lanes = [...new Set(timeline.flatMap(({ latencies }) => Object.keys(latencies)))];
  const latencySeries = lanes.flatMap((lane) => (['p50', 'p99'] as const).map((percentile) => ({ lane, percentile })));
  const latencies = latencySeries.map(({ lane, percentile }) => timeline.map((second) => second.latencies[lane]?.[percentile] ?? null));
  return [
    { run: index, title: 'deliveries/s', series: ['deliveries/s'], data: [seconds, timeline.map(({ deliveries }) => deliveries)] },
    { run: index, title: 'latency, ms', series: latencySeries.map(({ lane, percentile }) => `${lane} ${percentile}`), data: [seconds, ...latencies] },
    {
      run: index,
      title: 'CPU, shares of a core',
      series: ['server', 'store', 'swarm', 'others'],
      data: [seconds, ...(['serverCpu', 'storeCpu', 'swarmCpu', 'otherCpu'] as const).map((name) => timeline.map((second) => second[name]))],
    },
    { run: index, title: 'RSS of the server, MiB', series: ['RSS'], data: [seconds, timeline.map(({ rssBytes }) => rssBytes / 2 ** 20)] },
  ];
}

function acceptanceTable(lines: readonly Acceptance[]): string {
  if (lines.length === 0) return '';
  const rows = lines.map(({ what, bound, measured, passed }) => {
    const verdict = passed ? '<td class="pass">PASS</td>' : '<td class="fail">FAIL</td>';
    return `<tr>${verdict}<td>${escaped(what)}</td><td>${escaped(bound)}</td><td>${escaped(measured)}</td></tr>`;
  });
  return `<table class="words"><tr><th></th><th>what</th><th>bound</th><th>measured</th></tr>${rows.join('')}</table>`;
}

function figuresTable({ figures }: Run): string {
  return `<table>${Object.entries(figures)
    .map(([name, value]) => `<tr><td>${escaped(name)}</td><td>${escaped(shown(value))}</td></tr>`)
    .join('')}</table>`;
}

function windowsTable({ windows }: Run): string {
  if (windows.length === 0) return '';
  const head = [
    'window',
    'deliveries/s',
    'frames/s',
    'bytes a message',
    'messages a frame',
    'CPU s a million',
    'server CPU',
    'loop lag p99 ms',
    'latency p50 / p99 ms',
  ];
  const rows = windows.map(({ label, window }) => {
    const { deliveriesPerSecond, framesPerSecond, bytesPerDelivery, messagesPerFrame, cpuSecondsPerMillion, serverCpu, loopLagP99, latencies } = window;
    const lanes = Object.entries(latencies).map(([lane, { p50, p99 }]) => `${lane} ${p50} / ${p99}`);
    const numbers = [deliveriesPerSecond, framesPerSecond, bytesPerDelivery, messagesPerFrame, cpuSecondsPerMillion, serverCpu, loopLagP99 ?? '-'].map(shown);
    return `<tr>${[label, ...numbers, lanes.join(', ')].map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  return `<table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

/** The options of the run, which may differ from the defaults in the text of the scenario. */
export function optionsLine({ options }: ReportFile['report']): string {
  return `Run with ${Object.entries(options)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'boolean' ? (value ? 'on' : 'off') : shown(value)}`)
    .join(', ')}`;
}

export function machineLine({ cpu, cores, memoryGiB, kernel, node, pinned, loadBefore }: ReportFile['machine']): string {
  const where = pinned ? 'servers on core 0, swarm on core 1' : 'not pinned to cores';
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, Node ${node}, ${where}, load average before ${loadBefore}`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
