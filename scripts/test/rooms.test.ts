// The order of the rooms inside a package, against trees that break each of its rules once, and against the repository itself.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { checkRooms, drawRooms } from '../layers/rooms.ts';

const root = mkdtempSync(join(tmpdir(), 'danmux-rooms-'));
after(() => rmSync(root, { recursive: true }));
let trees = 0;

/** A tree whose edge holds these files, by their path in `src`. */
function tree(files: Readonly<Record<string, string>>): string {
  const dir = join(root, String(trees++));
  for (const [path, text] of Object.entries({ 'index.ts': '', ...files })) {
    const file = join(dir, 'packages/edge/src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return dir;
}

const good = {
  'edge.ts': "import './door/door.ts';\nimport './viewer/viewer.ts';",
  'door/door.ts': "import { Outbox } from '../outbox/outbox.ts';\nimport './pinger.ts';\nimport 'ws';",
  'door/pinger.ts': '',
  'moderation/filter/filter.ts': "import type { Viewer } from '../../viewer/viewer.ts';\nimport '../guard.ts';",
  'moderation/guard.ts': '',
  'outbox/outbox.ts': '',
  'viewer/viewer.ts': '',
};

test('imports of the own room and of rooms before it are allowed, and everything to the files beside the rooms', () =>
  assert.deepEqual(checkRooms(tree(good)), []));

test('an import of a later room is refused with file, line and both rooms, a type import too', () => {
  const text = "\nimport type { Door } from '../door/door.ts';";
  assert.deepEqual(checkRooms(tree({ ...good, 'viewer/viewer.ts': text })), [
    'packages/edge/src/viewer/viewer.ts:2: viewer imports door, which comes after it in edge',
  ]);
});

test('no room imports a file beside the rooms', () =>
  assert.deepEqual(checkRooms(tree({ ...good, 'door/pinger.ts': "import { EdgeRole } from '../edge.ts';" })), [
    'packages/edge/src/door/pinger.ts:1: imports a file beside the rooms; only those beside them may',
  ]));

test('a file in no room, and a folder that is none, are refused', () => {
  const [flat, folder, ...others] = checkRooms(tree({ ...good, 'helper.ts': '', 'attic/box.ts': '' }))
    .sort()
    .reverse();
  assert.match(flat ?? '', /^packages\/edge\/src\/helper\.ts: stands in no room of edge/);
  assert.match(folder ?? '', /^packages\/edge\/src\/attic\/box\.ts: stands in no room of edge/);
  assert.deepEqual(others, []);
});

test('the drawing has a line for each room, and marks an arrow up', () => {
  const drawing = drawRooms(tree({ ...good, 'viewer/viewer.ts': "import '../door/door.ts';" })).split('\n');
  assert.equal(drawing[0], 'edge');
  assert.ok(drawing.includes('  viewer     → door (up!)'), drawing.join('\n'));
  assert.ok(drawing.includes('  moderation → viewer'), drawing.join('\n'));
  assert.ok(drawing.includes('  door       → outbox'), drawing.join('\n'));
});

test('the rooms of the repository import one way', () => assert.deepEqual(checkRooms(new URL('../..', import.meta.url).pathname), []));
