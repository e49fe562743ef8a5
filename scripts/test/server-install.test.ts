// The packages that `npm install danmux` brings to a server, read from package-lock.json: the runtime dependencies of the cli and of
// everything they depend on. Browser libraries are bundled into @danmux/web and must not be among them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface LockEntry {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = new URL('../../', import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as { packages: Record<string, LockEntry> };

/** Names of all packages that `from` needs at run time. */
function installedWith(from: string): Set<string> {
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { dependencies, optionalDependencies } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      names.add(name);
      const target = locate(path, name);
      if (target !== null) visit(target);
    }
  };
  visit(from);
  return names;
}

/** Node's lookup: node_modules beside the package, then beside each folder above it; a link leads to its workspace. */
function locate(path: string, name: string): string | null {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const entry = packages[candidate];
    if (entry) return entry.link ? (entry.resolved ?? null) : candidate;
    if (folder === '') return null;
  }
}

test('the server installs its roles and the built pages, and no browser library', () => {
  const names = installedWith('packages/cli');
  for (const name of ['@danmux/api', '@danmux/edge', '@danmux/web', 'fastify', 'ws']) assert.ok(names.has(name), `${name} is installed with the cli`);
  const browserOnly = ['lit', 'uplot', 'artplayer', 'dplayer', 'hls.js', 'flv.js', 'mpegts.js', 'video.js', 'xgplayer', '@danmux/sdk', '@danmux/sdk-elements'];
  for (const name of browserOnly) assert.ok(!names.has(name), `${name} would be installed on a server`);
});

test('@danmux/web is published as files alone: built pages and their folder, no dependencies', () => {
  const { dependencies, peerDependencies, files } = JSON.parse(readFileSync(new URL('packages/web/package.json', root), 'utf8'));
  assert.deepEqual({ dependencies, peerDependencies }, { dependencies: undefined, peerDependencies: undefined });
  assert.deepEqual(files, ['dist', 'web-root.js', 'web-root.d.ts']);
  assert.equal(installedWith('packages/web').size, 0);
});

test('the walk finds what a package needs, nested copies and workspaces included', () => {
  const names = installedWith('packages/sdk-elements');
  for (const name of ['lit', 'lit-html', '@danmux/sdk', 'engine.io-client']) assert.ok(names.has(name), `${name} is installed with sdk-elements`);
});
