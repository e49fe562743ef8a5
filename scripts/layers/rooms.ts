// The rooms of a package whose sources stand in folders by noun: which there are, in one order, and that imports go one way. A file
// imports from its own room and from those before it; files beside the rooms put them together, and no room imports them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readSource } from './read-source.ts';

interface Rooms {
  /** From the one that imports no other to the one that may import all. */
  readonly order: readonly string[];
  /** The only files beside the rooms. */
  readonly beside: readonly string[];
}

/** By package. */
const rooms: Readonly<Record<string, Rooms>> = {
  edge: {
    order: ['viewer', 'frame', 'outbox', 'session', 'feed', 'room', 'fan-out', 'moderation', 'personal', 'requests', 'door'],
    beside: ['edge.ts', 'index.ts'],
  },
};

interface RoomImport {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** Every offence as one line, `packages/edge/src/outbox/wire.ts:3: …`; empty when imports go one way and no file stands elsewhere. */
export function checkRooms(root: string): string[] {
  return Object.entries(rooms).flatMap(([name, { order, beside }]) => {
    const dir = join(root, 'packages', name, 'src');
    const strays = filesIn(dir).flatMap((file) => {
      const room = roomOf(dir, file);
      if (order.includes(room) || (room === '' && beside.includes(relative(dir, file)))) return [];
      return [`${relative(root, file)}: stands in no room of ${name}; the rooms are ${order.join(', ')}`];
    });
    const upward = importsBetween(dir).flatMap(({ file, line, from, to }) => {
      if (to === '') return [`${relative(root, file)}:${line}: imports a file beside the rooms; only those beside them may`];
      return order.indexOf(to) > order.indexOf(from) ? [`${relative(root, file)}:${line}: ${from} imports ${to}, which comes after it in ${name}`] : [];
    });
    return [...strays, ...upward];
  });
}

/** The rooms of each package, one a line in their order, with an arrow to each room that they import; an arrow up is marked. */
export function drawRooms(root: string): string {
  return Object.entries(rooms)
    .map(([name, { order }]) => {
      const found = importsBetween(join(root, 'packages', name, 'src'));
      const width = Math.max(...order.map(({ length }) => length));
      const lines = order.map((room, place) => {
        const targets = order.filter((other) => found.some(({ from, to }) => from === room && to === other));
        const shown = targets.map((target) => (order.indexOf(target) > place ? `${target} (up!)` : target));
        return `  ${room.padEnd(width)} ${shown.length > 0 ? `→ ${shown.join(', ')}` : ''}`.trimEnd();
      });
      return [name, ...lines].join('\n');
    })
    .join('\n');
}

/** Imports from a room to another one, or to a file beside the rooms (`to` is '' then). */
function importsBetween(dir: string): RoomImport[] {
  return filesIn(dir).flatMap((file) => {
    const from = roomOf(dir, file);
    if (from === '') return [];
    return readSource(file, readFileSync(file, 'utf8')).imports.flatMap(({ specifier, line }) => {
      if (!specifier?.startsWith('.')) return [];
      const to = roomOf(dir, resolve(dirname(file), specifier));
      return to === from ? [] : [{ file, line, from, to }];
    });
  });
}

/** The folder of `dir` that a file stands in, '' when it stands in none. */
function roomOf(dir: string, file: string): string {
  const path = relative(dir, file).split(sep);
  return path.length > 1 ? (path[0] ?? '') : '';
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((file) => file.endsWith('.ts') && statSync(file).isFile())
    .sort();
}
