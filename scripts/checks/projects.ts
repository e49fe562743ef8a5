// Which type-checked projects a TypeScript file belongs to: the file list of each project, by tsc itself, beside the files of the
// repository. A file of no project is never type-checked; one of two is checked under settings that may differ.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

/** Type-checked besides the projects that tsconfig.json refers to, by the part `types` of `npm test`. */
export const unreferencedProjects: readonly string[] = ['tsconfig.test.json', 'packages/web', 'examples/react'];

/** One line for each file that is not in exactly one project; empty when the tree is good. */
export async function strayFiles(root: string, unreferenced: readonly string[] = unreferencedProjects): Promise<string[]> {
  const projects = [...referencedProjects(root), ...unreferenced];
  const owners = new Map<string, string[]>();
  for (const file of await filesOf(root)) owners.set(file, []);
  const lists = await Promise.all(projects.map(async (project) => [project, await rootFiles(root, project)] as const));
  for (const [project, files] of lists) for (const file of files) owners.get(file)?.push(project);
  return [...owners].flatMap(([file, projects]) => {
    if (projects.length === 1) return [];
    return [`${file}: ${projects.length === 0 ? 'in no type-checked project' : `in ${projects.length} type-checked projects: ${projects.join(', ')}`}`];
  });
}

interface ProjectConfig {
  readonly files?: readonly string[];
  readonly references?: readonly { readonly path: string }[];
}

function referencedProjects(root: string): string[] {
  const { references = [] } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as ProjectConfig;
  return references.map(({ path }) => path);
}

/** TypeScript files that git knows or would add. */
async function filesOf(root: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mts', '*.cts', '*.tsx'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return [...new Set(stdout.split('\n'))].filter((file) => file !== '' && existsSync(join(root, file))).sort();
}

/** What the project includes itself; `--listFilesOnly` would add all it imports, also from other projects. */
async function rootFiles(root: string, project: string): Promise<string[]> {
  const { stdout } = await run(tsc, ['-p', project, '--showConfig'], { cwd: root, maxBuffer: 2 ** 26 });
  const { files = [] } = JSON.parse(stdout) as ProjectConfig;
  const dir = project.endsWith('.json') ? dirname(join(root, project)) : join(root, project);
  return files.map((file) => relative(root, resolve(dir, file)));
}
