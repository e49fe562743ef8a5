// The report files in artifacts/loadtest: a JSON file and a page per scenario and number of viewers. A new run replaces the last one.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { htmlOf } from './html.ts';
import { keptSection } from './kept-section.ts';
import { performancePage } from './performance-page.ts';
import type { ReportFile } from './report.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'artifacts/loadtest');

/** Returns the paths of the written files. */
export function writeReport(file: ReportFile, { json, html }: { json?: string; html?: string }): string[] {
  const { scenario, options } = file.report;
  const name = options['viewers'] === undefined ? scenario : `${scenario}-${options['viewers']}`;
  const paths = [json ?? join(folder, `${name}.json`), html ?? join(folder, `${name}.html`)] as const;
  write(paths[0], `${JSON.stringify(file, null, 1)}\n`);
  write(paths[1], htmlOf(file));
  return [...paths];
}

/** Writes docs/performance.md, or `out`, from the JSON files of artifacts/loadtest, or `from`; returns its path. */
export function writePerformancePage({ from = folder, out = join(root, 'docs/performance.md') }: { from?: string; out?: string }): string {
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.json')) : [];
  if (names.length === 0) throw new Error(`there is no report in ${from}: run a scenario first`);
  const files = names.map((name) => JSON.parse(readFileSync(join(from, name), 'utf8')) as ReportFile);
  const before = existsSync(out) ? readFileSync(out, 'utf8') : '';
  const kept = ['inflate', 'overlay'].flatMap((name) => keptSection(before, name) ?? []);
  write(out, `${performancePage(files)}${kept.map((section) => `\n${section}\n`).join('')}`);
  return out;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
