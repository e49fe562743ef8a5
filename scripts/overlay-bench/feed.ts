// The messages of the overlay benchmark and their pace: batches at a rate, or a number per frame. Runs in the page.
import type { Drawn } from './contestants.ts';

export interface Watched {
  readonly seconds: number;
  readonly frames: number;
  /** Milliseconds between two frames. */
  readonly gapP99: number;
  readonly offered: number;
  readonly dropped: number | null;
  /** Average number on screen. */
  readonly shown: number;
}

/** Makes the messages of a run, the same for each run; one in ten is a common text. */
export function sayings(): () => { id: string; text: string; color: string } {
  let state = 7;
  let said = 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const usual = ['666', '哈哈哈哈', 'gg', '来了来了', '前排'];
  const colors = ['#fff', '#fff', '#fff', '#ffe14d', '#7db4ff'];
  const letters = () => Array.from({ length: 2 + random(14) }, () => String.fromCharCode(0x4e00 + random(1_500))).join('');
  const words = () => Array.from({ length: 1 + random(5) }, () => Math.floor(1e5 + random(9e8)).toString(36)).join(' ');
  return () => {
    const text = random(10) === 0 ? (usual[random(usual.length)] ?? '') : random(3) === 0 ? words() : letters();
    return { id: `m${said++}`, text, color: colors[random(colors.length)] ?? '#fff' };
  };
}

/** Adds `rate` messages per second for `seconds`, in batches every 50 ms like the frames of a room, and measures the animation frames. */
export function watch(drawn: Drawn, next: () => Parameters<Drawn['show']>[0], { rate, seconds }: { rate: number; seconds: number }): Promise<Watched> {
  const tickMs = 50;
  const since = performance.now();
  const droppedBefore = drawn.dropped();
  let offered = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - since) / 1_000) * rate);
    for (; offered < due; offered++) drawn.show(next());
  }, tickMs);
  return new Promise((resolve) => {
    const gaps: number[] = [];
    let shown = 0;
    let last = since;
    const frame = (now: number) => {
      gaps.push(now - last);
      shown += drawn.shown();
      last = now;
      if (now - since < seconds * 1_000) return void requestAnimationFrame(frame);
      clearInterval(timer);
      gaps.sort((a, b) => a - b);
      const dropped = drawn.dropped();
      resolve({
        seconds: (now - since) / 1_000,
        frames: gaps.length,
        gapP99: gaps[Math.floor(gaps.length * 0.99)] ?? 0,
        offered,
        dropped: dropped === null ? null : dropped - (droppedBefore ?? 0),
        shown: shown / gaps.length,
      });
    };
    requestAnimationFrame(frame);
  });
}

export interface Poured {
  readonly messages: number;
  readonly perFrame: number;
  readonly atMostSeconds: number;
}

/** Adds `perFrame` messages in each animation frame until all are added or the time is over. Resolves with the number added. */
export function pour(drawn: Drawn, next: () => Parameters<Drawn['show']>[0], { messages, perFrame, atMostSeconds }: Poured): Promise<number> {
  let said = 0;
  const until = performance.now() + atMostSeconds * 1_000;
  return new Promise((resolve) => {
    const frame = () => {
      for (let i = 0; i < perFrame && said < messages; i++, said++) drawn.show(next());
      if (said < messages && performance.now() < until) requestAnimationFrame(frame);
      else resolve(said);
    };
    requestAnimationFrame(frame);
  });
}
