// Checks the import order of the source folders of a package, which are called rooms here. The rooms of a package have a fixed order. A file may
// import from its own room and from earlier rooms. The files directly in src connect the rooms and may import all of them, and no room may import
// these files.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readSource } from './read-source.ts';

interface Rooms {
  /** Names of the rooms. Each room may import those before it in the list. */
  readonly order: readonly string[];
  /** Names of the only files that stand directly in src. */
  readonly beside: readonly string[];
}

/** The rooms of each checked package, by folder name of the package. */
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

/** Returns each violation as one line, such as `packages/edge/src/outbox/wire.ts:3: …`; empty when there is none. */
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

/** Draws the rooms of each package in order, one per line, with the rooms that each imports. An import of a later room is marked `(up!)`. */
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

/** Returns the imports that leave a room. `to` is the imported room, or '' for a file directly in `dir`. */
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

/** Returns the name of the folder in `dir` that contains the file, or '' for a file directly in `dir`. */
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
