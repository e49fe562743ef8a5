// The contestants of the overlay benchmark: this SDK's overlay with each of its renderers, and the npm library `danmaku` with each of its engines. All
// get the same messages.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const danmux = `${root}packages/web/dist/sdk/danmux.iife.js`;
const require = createRequire(import.meta.url);
const danmaku = require.resolve('danmaku/dist/danmaku.min.js');

/** The interface of a contestant inside the page. */
export interface Drawn {
  show(message: { readonly id: string; readonly text: string; readonly color: string }): void;
  /** Messages on screen now. */
  shown(): number;
  /** Messages dropped so far; null for a contestant that never drops any. */
  dropped(): number | null;
}

export interface Contestant {
  readonly name: string;
  readonly script: string;
  readonly engine: 'dom' | 'canvas';
}

export const contestants: readonly Contestant[] = [
  { name: 'danmux dom', script: danmux, engine: 'dom' },
  { name: 'danmux canvas', script: danmux, engine: 'canvas' },
  { name: 'danmaku dom', script: danmaku, engine: 'dom' },
  { name: 'danmaku canvas', script: danmaku, engine: 'canvas' },
];

interface Libraries {
  readonly Danmux?: Pick<typeof import('../../packages/sdk/src/index.ts'), 'Overlay'>;
  readonly Danmaku?: new (options: object) => { emit(comment: object): void; _: { runningList: readonly unknown[] } };
}

/** Runs in the page. Font, duration of a flight and height are the same for all. */
export function begin({ engine, durationMs }: { engine: 'dom' | 'canvas'; durationMs: number }): Drawn {
  const stage = document.getElementById('stage') as HTMLElement;
  const { Danmux, Danmaku } = globalThis as unknown as Libraries;
  if (Danmux) {
    const overlay = new Danmux.Overlay(stage, { renderer: engine, durationMs, area: 1, coverage: 1 });
    return { show: (message) => overlay.danmaku(message), shown: () => overlay.shown, dropped: () => overlay.dropped };
  }
  if (!Danmaku) throw new Error('no library is loaded in the page');
  const library = new Danmaku({ container: stage, engine, comments: [], speed: stage.clientWidth / (durationMs / 1_000) });
  const font = 'bold 20px system-ui, "Noto Sans CJK SC", sans-serif';
  const style = (color: string) =>
    engine === 'dom'
      ? { font, lineHeight: '32px', color, textShadow: '0 0 3px #000, 0 1px 2px #000' }
      : { font: font.replace('20px', '20px/1.6'), fillStyle: color, strokeStyle: 'rgba(0, 0, 0, 0.65)', lineWidth: 2.5 };
  return {
    show: ({ text, color }) => library.emit({ text, mode: 'rtl', style: style(color) }),
    shown: () => library._.runningList.length,
    dropped: () => null,
  };
}
