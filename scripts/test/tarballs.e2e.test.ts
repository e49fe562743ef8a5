// The archives that `npm pack` makes of the packages for browsers install into an empty folder, alone and together, without any other package of this
// repository; a program that uses them type-checks with TypeScript 5 and 7 and runs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type PackageRegistry, startPackageRegistry } from './package-registry.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const compilers = { 5: join(root, 'examples/react/node_modules/typescript/bin/tsc'), 7: join(root, 'node_modules/typescript/bin/tsc') };
const folder = mkdtempSync(join(tmpdir(), 'danmux-tarballs-'));
let registry: PackageRegistry;
/** Paths by the name of the package. */
const archives = new Map<string, string>();

before(async () => {
  registry = await startPackageRegistry(root);
  // A copy, because packing swaps files that other tests read.
  for (const name of ['protocol', 'sdk', 'sdk-elements']) {
    for (const part of ['package.json', 'dist']) cpSync(join(root, 'packages', name, part), join(folder, 'packages', name, part), { recursive: true });
  }
  cpSync(join(root, 'scripts/self-contained.mjs'), join(folder, 'scripts/self-contained.mjs'));
  for (const name of ['sdk', 'sdk-elements']) {
    const cwd = join(folder, 'packages', name);
    const was = readdirSync(cwd, { recursive: true }).sort();
    const { stdout } = await run('npm', ['pack', '--json', '--offline', '--pack-destination', folder], { cwd });
    archives.set(`@danmux/${name}`, join(folder, (JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }])[0].filename));
    assert.deepEqual(readdirSync(cwd, { recursive: true }).sort(), was, 'packing leaves the folder as it was');
    assert.equal(readFileSync(join(cwd, 'package.json'), 'utf8'), readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  }
});
after(() => {
  registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sdkProgram = `import { bind, type ClientOptions, createClient, type GiftData, type Message, Overlay, textOf } from '@danmux/sdk';
import '@danmux/sdk/messages';

declare module '@danmux/sdk/messages' {
  interface MessageTypes {
    lottery: { readonly prize: string };
  }
}

const options: ClientOptions = { url: 'http://127.0.0.1:9', token: async () => 'token' };
const client = createClient(options);
const room = client.join('live:1');
const listener = (message: Message) => {
  if (message.type === 'gift') {
    const count: GiftData['count'] = message.data.count;
    console.log(count, message.data.name?.length);
  } else if (message.type === 'lottery') console.log(message.data.prize.length);
  else if (message.type === 'superchat') console.log(message.data.amount, message.data.pin_ms);
  else if (message.type === 'like') console.log(message.data.count?.toFixed());
  else if (message.type === 'notice') console.log(message.data.text);
  else if (message.type === 'enter') console.log(message.from?.name);
  else console.log(textOf(message));
};
const end: () => void = room.on('message', listener);
room.off('message', listener);
end();
export const send = () => [room.send('chat', { text: 'hi' }), room.send('chat', 'hi'), room.send('vote', { choice: 1 })];
// @ts-expect-error: the count of likes is a number
export const wrong = () => room.send('like', { count: 'many' });
// @ts-expect-error: a lottery has a prize
export const alsoWrong = () => room.send('lottery', {});
export const show = (element: HTMLElement) => bind(room, new Overlay(element));
client.close();
console.log('closed', client.state);
`;

const elementsProgram = `import { DanmuxChatElement, type GiftChosen } from '@danmux/sdk-elements';
import { attachTo } from '@danmux/sdk-elements/players';

export function page(video: HTMLVideoElement): void {
  const chat = document.createElement('danmux-chat');
  chat.room = 'live:1';
  chat.gifts = [{ id: 'rose', name: 'Rose' }];
  chat.addEventListener('gift', (event) => console.log((event as CustomEvent<GiftChosen>).detail.count));
  attachTo(video, { overlay: { opacity: 0.5 } });
}
console.log('loaded', typeof DanmuxChatElement);
`;

const togetherProgram = `import { createClient } from '@danmux/sdk';

export function connect(): void {
  const chat = document.createElement('danmux-chat');
  chat.room = createClient({ url: 'http://127.0.0.1:9' }).join('live:1');
}
`;

const uses = {
  'the SDK alone': { packages: ['@danmux/sdk'], files: { 'sdk.ts': sdkProgram } },
  'the elements alone': { packages: ['@danmux/sdk-elements'], files: { 'elements.ts': elementsProgram } },
  'both together': {
    packages: ['@danmux/sdk', '@danmux/sdk-elements'],
    files: { 'sdk.ts': sdkProgram, 'elements.ts': `${elementsProgram}${togetherProgram}` },
  },
} as const;

for (const [what, { packages, files }] of Object.entries(uses)) {
  test(`${what}: install, type-check with TypeScript 5 and 7, run`, { timeout: 180_000 }, async () => {
    const cwd = join(folder, what.replaceAll(' ', '-'));
    mkdirSync(cwd);
    const manifest = { private: true, type: 'module', dependencies: Object.fromEntries(packages.map((name) => [name, `file:${archives.get(name)}`])) };
    writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
    const npm = ['install', '--registry', registry.url, '--cache', join(folder, 'cache'), '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', npm, { cwd });
    assert.deepEqual(
      registry.missing.filter((name) => name.startsWith('@danmux/')),
      [],
      'packages that no registry has',
    );
    assert.deepEqual(readdirSync(join(cwd, 'node_modules/@danmux')).sort(), packages.map((name) => name.slice('@danmux/'.length)).sort());
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    for (const [version, tsc] of Object.entries(compilers)) {
      for (const [module, resolution] of [
        ['NodeNext', 'NodeNext'],
        ['ESNext', 'Bundler'],
      ] as const) {
        const checked = { strict: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: [], module, moduleResolution: resolution };
        const compilerOptions = { ...checked, rootDir: '.', outDir: `out-${version}-${module}` };
        writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
        const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd }).catch((error: { stdout: string }) => error);
        assert.equal(stdout, '', `TypeScript ${version}, ${resolution}`);
      }
    }
    for (const name of Object.keys(files)) {
      const { stdout } = await run(process.execPath, [join('out-7-NodeNext', name.replace('.ts', '.js'))], { cwd });
      assert.match(stdout, name === 'sdk.ts' ? /closed closed/ : /loaded function/);
    }
  });
}
