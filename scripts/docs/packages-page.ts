// Writes docs/packages.md: every workspace with the description of its package.json and the packages it may import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers } from '../layers/layer-rules.ts';
import { cell, table } from './markdown-table.ts';

const head = `# Packages

Made from the packages' descriptions and the layers of \`scripts/layers/layer-rules.ts\` by \`npm run docs\`; do not edit.

A package imports the packages beside it and no other; \`npm run layers\` checks it. Those that are private are not published.
[architecture.md](architecture.md) says how they work together.

`;

interface PackageJson {
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
}

/** `root` is the repository's folder. */
export function packagesPage(root: string = new URL('../..', import.meta.url).pathname): string {
  const rows = foldersOf(root).map((folder) => {
    const { name, description = '', private: isPrivate } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as PackageJson;
    const may = layers[folder] ?? [];
    return [`\`${folder}\``, isPrivate ? 'private' : `\`${name}\``, cell(description), may.map((one) => `\`${one}\``).join(', ')];
  });
  return head + table(['folder of `packages/`', 'published as', 'what it is', 'may import'], rows);
}

/** Sorted by layer; packages without a layer come last. */
function foldersOf(root: string): string[] {
  const folders = readdirSync(join(root, 'packages')).filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')));
  const known = Object.keys(layers).filter((folder) => folders.includes(folder));
  return [...known, ...folders.filter((folder) => !known.includes(folder)).sort()];
}
