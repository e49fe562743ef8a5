// The table of scopes in docs/keys.md equals the code. scripts/test/documents.e2e.test.ts runs the page's examples.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scopes } from '../../src/auth/scopes.ts';

const page = readFileSync(new URL('../../../../docs/keys.md', import.meta.url), 'utf8');

test('docs/keys.md lists the scopes of the code', () => {
  const rows = Object.entries(scopes).map(([scope, allows]) => `| \`${scope}\` | ${allows} |`);
  assert.ok(page.includes(rows.join('\n')), rows.join('\n'));
});
