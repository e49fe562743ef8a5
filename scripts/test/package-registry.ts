// A registry for tests: answers npm with the packages of this repository's node_modules, packed when they are asked for. So `npm install` of an
// archive resolves its dependencies for real, without a network and whatever npm's cache holds.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PackageRegistry {
  readonly url: string;
  /** Names of packages that were asked for and are in no registry. */
  readonly missing: readonly string[];
  stop(): void;
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export async function startPackageRegistry(root: string): Promise<PackageRegistry> {
  const missing: string[] = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const [name = '', archive] = path.split('/-/');
    const folder = join(root, 'node_modules', name);
    // Ours are not in a registry: an archive that wants one cannot be installed.
    if (name.startsWith('@danmux/') || !existsSync(join(folder, 'package.json'))) {
      missing.push(name);
      response.writeHead(404).end('{}');
    } else if (archive === undefined) {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
      // Overrides of this repository install other versions than the manifests of others ask for.
      const dependencies = Object.fromEntries(Object.keys(manifest.dependencies ?? {}).map((dependency) => [dependency, '*']));
      const dist = { tarball: `http://${request.headers.host}/${name}/-/package.tgz` };
      response.end(JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: { ...manifest, dependencies, dist } } }));
    } else {
      const { stdout } = await run('tar', ['-czf', '-', '--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', folder, '.'], {
        encoding: 'buffer',
        maxBuffer: 2 ** 26,
      });
      response.end(stdout);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, missing, stop: () => void server.close() };
}
