// The pages whose code blocks are run. README.zh-CN.md is not among them: readme.test.ts checks that its blocks are those of README.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, blocksIn } from './block.ts';

export const root = new URL('../..', import.meta.url).pathname;

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** README files of the folders in `dir`, and of their folders. */
function readmesIn(dir: string): string[] {
  return readdirSync(join(root, dir), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'dist', '.git'].includes(entry.name))
    .flatMap(({ name }) => [join(dir, name, 'README.md'), ...readmesIn(join(dir, name))])
    .filter((path) => existsSync(join(root, path)));
}

const docs = readdirSync(join(root, 'docs'), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith('.md'))
  .sort()
  .map((path) => join('docs', path));

export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...docs,
  ...['clients', 'packages'].flatMap(readmesIn),
  ...['examples', 'loadtest', 'deploy'].flatMap((dir) => [join(dir, 'README.md'), ...(existsSync(join(root, dir)) ? readmesIn(dir) : [])]),
].filter((path) => existsSync(join(root, path)));

export const blocks: readonly Block[] = pages.flatMap((path) => blocksIn(path, read(path)));
