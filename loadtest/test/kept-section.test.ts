// The load test's report keeps the sections of other benchmarks.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writePerformancePage } from '../src/report/files.ts';
import { keptSection, sectionOf } from '../src/report/kept-section.ts';

test('a section is found with its marks, or not at all', () => {
  const section = sectionOf('overlay', 'figures');
  assert.equal(keptSection(`# Page\n\n${section}\n\nmore`, 'overlay'), section);
  assert.equal(keptSection(`# Page\n\n${section}`, 'other'), undefined);
  assert.equal(keptSection('<!-- /overlay --> <!-- overlay -->', 'overlay'), undefined);
});

test('a new report leaves the section unchanged', () => {
  const from = mkdtempSync(join(tmpdir(), 'dm-kept-'));
  const out = join(from, 'performance.md');
  const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 8, kernel: 'Linux', node: 'v20', pinned: true, loadBefore: 0 };
  const report = { scenario: 'flood', does: 'what it does', options: {}, runs: [], acceptance: [] };
  writeFileSync(join(from, 'flood.json'), JSON.stringify({ at: '2026-01-01T00:00:00.000Z', command: 'npm run loadtest -- flood', machine, report }));
  const section = sectionOf('overlay', 'figures of the overlay');
  writeFileSync(out, `old figures\n\n${section}\n`);
  writePerformancePage({ from, out });
  const page = readFileSync(out, 'utf8');
  rmSync(from, { recursive: true });
  assert.ok(page.endsWith(`\n\n${section}\n`), page.slice(-200));
  assert.ok(page.includes('## flood') && !page.includes('old figures'), 'the rest is new');
});
