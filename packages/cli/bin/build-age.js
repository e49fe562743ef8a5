// Compares the build of a checkout with its sources, so that an update without `npm run build` does not run the old code silently. It builds
// nothing. An installed package has no workspace around it and is never compared.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders of a package whose files go into its build. */
const sourceFolders = ['src', 'console', 'demo', 'obs'];

/** Returns the path of a source file that changed after its package was built, relative to `workspace`; undefined when the build is current. */
export function newerSource(workspace) {
  const packages = join(workspace, 'packages');
  if (!existsSync(join(packages, 'cli/tsconfig.json'))) return undefined;
  for (const name of readdirSync(packages)) {
    const builtAt = timeOf(join(packages, name, 'dist/.tsbuildinfo')) ?? timeOf(join(packages, name, 'dist/console/index.html'));
    if (builtAt === undefined) continue;
    for (const folder of sourceFolders) {
      const newer = newerIn(join(packages, name, folder), builtAt);
      if (newer) return relative(workspace, newer);
    }
  }
  return undefined;
}

function newerIn(folder, builtAt) {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, path))
    .find((path) => (timeOf(path) ?? 0) > builtAt);
}

/** Time of the last change of a file; undefined for a folder, whose time says nothing about its files, and for no file. */
function timeOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.mtimeMs : undefined;
}
