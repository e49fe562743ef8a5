// Comments and pages cite only what a reader of the repository can open: no notes kept elsewhere, no numbers of a tracker.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryTree } from './temporary-tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const elsewhere = /\b(?:DESIGN|HOUSE|STYLE)(?:\.md|\s*§)|\bCAPABILITIES\b|\bissues?\s+#?\d+/;
const text = /\.(?:ts|tsx|mjs|js|lua|php|py|sh|md|ya?ml|json|html|css)$/;

function citationsIn(dir: string, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    readFileSync(join(dir, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (elsewhere.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

test('nothing cites a page or an issue that is not in the repository', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
  const own = 'scripts/test/citations.test.ts';
  const read = files.filter((file) => text.test(file) && file !== own && file !== 'package-lock.json' && existsSync(join(root, file)));
  assert.ok(read.length > 500, `${read.length} files were read`);
  assert.deepEqual(citationsIn(root, read), []);
});

test('each form of such a citation is found with its line', (t) => {
  const dir = temporaryTree(t, {
    'a.ts': '// fine\n// the rule of DESIGN.md §1\n// see HOUSE §2, issue 11\nconst CAPABILITIES = 1;\n// an issue of 3 parts\n',
  });
  assert.deepEqual(
    citationsIn(dir, ['a.ts']).map((line) => line.split(':')[1]),
    ['2', '3', '4'],
  );
});
