// The programs of the pages for browsers type-check against the built packages and the players' libraries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeFaults } from '../documents/typed-program.ts';
import { blocksOf } from '../documents/ways.ts';

test('the programs of the pages type-check, and a wrong one does not', { timeout: 180_000 }, async () => {
  const blocks = blocksOf('typed');
  assert.ok(blocks.length > 5, `${blocks.length} programs`);
  const wrong = { file: 'wrong.md', line: 1, language: 'js', text: "room.say('hi');\n" };
  const faults = await typeFaults([...blocks, wrong]);
  assert.deepEqual(
    faults.filter((line) => !line.startsWith('wrong.md')),
    [],
  );
  assert.match(faults.join('\n'), /wrong\.md:1 room\.say.*'say' does not exist/);
});
