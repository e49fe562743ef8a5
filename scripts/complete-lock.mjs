// Completes package-lock.json after an `npm install`: npm omits optional packages of other platforms when its registry does not
// offer them, and `npm ci` then refuses the lock on every platform. Run it after each change of the lock.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const exact = /^\d+\.\d+\.\d+$/.test(version);
    if (!exact || packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev ? { dev: true } : {}),
      license: entry.license,
      optional: true,
      engines: entry.engines,
    };
    console.log(`added ${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

/** Reads system, processor and libc from a package name such as `…-linux-arm64-musl`. */
function platformOf(name) {
  const [, os, cpu, libc] = /-(android|darwin|linux|win32|freebsd|openbsd|sunos|aix)-([a-z0-9]+)(?:-(musl|gnu))?/.exec(name) ?? [];
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {}), ...(os ? { os: [os] } : {}) };
}
