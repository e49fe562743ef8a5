// Type-checks programs of the pages, all in one run of the compiler. Names that a program takes for granted (a room, a player's library) are
// declared beside it.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, nameOf } from './block.ts';
import { root } from './pages.ts';

/** Below the repository, so that its packages are found. */
const folder = join(root, 'node_modules/.cache/danmux-documents');

const declarations = `
declare const createClient: typeof import('@danmux/sdk').createClient;
declare const client: import('@danmux/sdk').Client;
declare const room: import('@danmux/sdk').Room;
declare const notice: { readonly until: number };
declare const token: string;
declare const url: string;
declare const video: HTMLVideoElement;
declare const container: HTMLDivElement;
declare const list: Readonly<Record<'showWaiting' | 'settle' | 'showFailed', (cid: string, value: unknown) => void>>;
declare const wx: unknown;
declare function miniProgramHost(wx: unknown): import('@danmux/sdk').ClientOptions['host'];
declare const Hls: typeof import('hls.js').default;
declare const Artplayer: typeof import('artplayer').default;
declare const Player: typeof import('xgplayer').default;
declare const DPlayer: typeof import('dplayer').default;
type VideojsPlugin = typeof import('@danmux/sdk-elements/players').danmuxVideojs;
type Videojs = ThisParameterType<VideojsPlugin> & { readonly danmux: VideojsPlugin };
declare const videojs: { registerPlugin(name: string, plugin: unknown): void; (id: string): Videojs };
type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface ChatElement extends HTMLElement, Omit<Writable<import('@danmux/sdk-elements').ChatProps>, keyof HTMLElement> {
  addEventListener(type: 'gift', listener: (event: CustomEvent<{ readonly gift: string; readonly count: number; readonly room: string }>) => void): void;
}
interface HTMLElementTagNameMap {
  'danmux-chat': ChatElement;
}
`;

const options = {
  ...{ target: 'es2023', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'], types: [] },
  ...{ strict: true, noImplicitAny: false, noEmit: true, skipLibCheck: true, allowSyntheticDefaultImports: true },
};

/** `possibly null` and `of type unknown`: programs in JavaScript need not narrow. */
const ofTypeScript = /error TS1804[67]:/;

/** The complaints of the compiler, each with the name of its block. */
export async function typeFaults(blocks: readonly Block[]): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  writeFileSync(join(folder, 'names.d.ts'), declarations);
  for (const [at, { text }] of blocks.entries()) writeFileSync(join(folder, `block-${at}.ts`), `${text}\nexport {};\n`);
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { cwd: folder, timeout: 120_000 }, (error, out, errors) => {
      if (error && out === '') reject(new Error(errors, { cause: error }));
      else resolve(out);
    });
  });
  const lines = printed.split('\n').filter((line) => line.trim() !== '' && !ofTypeScript.test(line));
  return lines.map((line) =>
    line.replace(/^block-(\d+)\.ts/, (_all, at: string) => {
      const block = blocks[Number(at)];
      return block ? nameOf(block) : line;
    }),
  );
}
