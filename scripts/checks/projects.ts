// Finds TypeScript files that do not belong to exactly one type-checked project. It compares the file list that tsc reports for each project with the
// files of the repository. A file of no project is never type-checked, and a file of two projects may be checked under different settings.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));

/** Projects that tsconfig.json does not reference. The part `types` of `npm test` type-checks them one by one. */
export const unreferencedProjects: readonly string[] = ['tsconfig.test.json', 'packages/web', 'examples/react'];

/** Returns one line for each file that is not in exactly one project; empty when there is none. */
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

/** Returns the TypeScript files that git tracks, and the untracked ones that it does not ignore. */
async function filesOf(root: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mts', '*.cts', '*.tsx'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  return [...new Set(stdout.split('\n'))].filter((file) => file !== '' && existsSync(join(root, file))).sort();
}

/** Returns the files that the project itself includes. `--listFilesOnly` would add the files that it imports from other projects. */
async function rootFiles(root: string, project: string): Promise<string[]> {
  const { stdout } = await run(tsc, ['-p', project, '--showConfig'], { cwd: root, maxBuffer: 2 ** 26 });
  const { files = [] } = JSON.parse(stdout) as ProjectConfig;
  const dir = project.endsWith('.json') ? dirname(join(root, project)) : join(root, project);
  return files.map((file) => relative(root, resolve(dir, file)));
}
