// Names that were given up for clearer ones do not come back, neither for a file nor for what a file exports.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface GivenUp {
  readonly say: string;
  /** Exported under this name. */
  readonly identifier?: string;
  /** Name of a file, without its ending. */
  readonly file?: string;
  /** The only package it is given up in; all when absent. */
  readonly in?: string;
}

const givenUp: readonly GivenUp[] = [
  { identifier: 'Ring', file: 'ring', say: 'ReplayBuffer' },
  { identifier: 'RoomRoster', file: 'room-roster', say: 'RoomSessions' },
  { identifier: 'Rosters', file: 'rosters', say: 'RoomMembers' },
  { identifier: 'Roster', file: 'roster', say: 'MemberReport' },
  { identifier: 'OwnMessages', file: 'own-messages', say: 'personal messages' },
  { identifier: 'Receipt', say: 'PublishResult', in: 'bus' },
  { identifier: 'RoomTurn', file: 'room-turn', say: 'RoomWriter' },
  { identifier: 'Prepared', file: 'prepared', say: 'EncodedFrame' },
  { file: 'fan-out', say: 'commit-builder', in: 'relay' },
  { identifier: 'Screen', file: 'screen', say: 'filter' },
  { identifier: 'Said', file: 'said', say: 'text-fingerprint' },
  { file: 'spare', say: 'slim-socket' },
  { identifier: 'Claims', file: 'claims', say: 'cooldowns', in: 'edge' },
  { identifier: 'Hops', file: 'hops', say: 'TraceHops' },
  { identifier: 'ProcessNumbers', file: 'process-numbers', say: 'ProcessStats' },
  { identifier: 'KeyDesk', file: 'key-desk', say: 'KeyStore' },
  { identifier: 'FollowedKeys', file: 'followed-keys', say: 'KeySync' },
  { identifier: 'Bells', file: 'bells', say: 'EventListener' },
  { identifier: 'Line', say: 'what it is a line of' },
  { identifier: 'Letters', file: 'letters', say: 'what they say' },
];

const exported = /export (?:declare )?(?:abstract )?(?:async )?(?:class|interface|type|function|const) (\w+)/g;

test('no file and no export has a name that was given up', () => {
  const files = execFileSync('git', ['ls-files', 'packages'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && existsSync(join(root, file)));
  assert.ok(files.length > 500, `${files.length} files were read`);
  const found = files.flatMap((file) => offencesIn(file, readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(found, []);
});

test('each name that was given up is found', () => {
  for (const { identifier, file, in: where = 'edge', say } of givenUp) {
    if (identifier) assert.equal(offencesIn(`packages/${where}/src/a.ts`, `export class ${identifier} {}`).length, 1, say);
    if (file) assert.equal(offencesIn(`packages/${where}/test/${file}.test.ts`, '').length, 1, say);
  }
});

function offencesIn(path: string, text: string): string[] {
  const name = basename(path).split('.')[0];
  const names = [...text.matchAll(exported)].map(([, identifier]) => identifier);
  const rows = givenUp.filter((row) => row.in === undefined || path.startsWith(`packages/${row.in}/`));
  return rows.flatMap((row) => {
    const wrong = [row.file === name ? name : undefined, names.includes(row.identifier) && row.identifier ? row.identifier : undefined];
    return wrong.flatMap((word) => (word === undefined ? [] : [`${path}: ${word}; say ${row.say}`]));
  });
}
