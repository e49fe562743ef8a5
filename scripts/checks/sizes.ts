// Lists files and functions above a length, as candidates to split. A long one is no failure.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from 'vite';

export const fileLines = 300;
export const functionLines = 60;

export interface Long {
  /** `packages/edge/src/hub.ts`, or `packages/edge/src/hub.ts:12 join` for a function. */
  readonly where: string;
  readonly lines: number;
}

export interface Longs {
  readonly files: readonly Long[];
  readonly functions: readonly Long[];
}

/** Returns the files and functions above the limits, the longest first. */
export function longsOf(root: string, folders: readonly string[] = ['packages', 'loadtest', 'scripts']): Longs {
  const files: Long[] = [];
  const functions: Long[] = [];
  for (const path of folders.flatMap((folder) => sourcesIn(join(root, folder)))) {
    const text = readFileSync(path, 'utf8');
    const shown = relative(root, path);
    const lines = text.split('\n').length - 1;
    if (lines > fileLines) files.push({ where: shown, lines });
    if (!isTest(shown)) for (const { line, name, lines: long } of functionsOf(path, text)) functions.push({ where: `${shown}:${line} ${name}`, lines: long });
  }
  const longest = (a: Long, b: Long) => b.lines - a.lines;
  return { files: files.sort(longest), functions: functions.sort(longest) };
}

/** The callbacks of `describe` are as long as their tests. */
const isTest = (path: string) => path.includes('/test/');

function sourcesIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : sourcesIn(path);
    return /\.(ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const kinds = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function functionsOf(path: string, text: string): { line: number; name: string; lines: number }[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const found: { line: number; name: string; lines: number }[] = [];
  const lineAt = (position: number) => text.slice(0, position).split('\n').length;
  const see = (node: Node, name: string) => {
    const own = nameOf(node) ?? name;
    if (kinds.has(node.type) && text.slice(node.start, node.end).split('\n').length > functionLines)
      found.push({ line: lineAt(node.start), name: own, lines: text.slice(node.start, node.end).split('\n').length });
    for (const value of Object.values(node)) for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) see(child, own);
  };
  see(program as unknown as Node, 'the file');
  return found;
}

function nameOf(node: Node): string | null {
  const named = [node['id'], node['key']].find((part) => isNode(part) && typeof part['name'] === 'string');
  return isNode(named) ? String(named['name']) : null;
}
