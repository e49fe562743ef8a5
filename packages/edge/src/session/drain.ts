// Sends the viewers of a draining edge away, each in its own slot, so that the others do not get all of them at once. A
// viewer is told its slot and cut off when it comes; a stock client then connects again by itself.
import type { Session } from './session.ts';

/** Resolves when every session was cut off. */
export async function sendAway(sessions: ReadonlySet<Session>, overMs: number): Promise<void> {
  const leaving = [...sessions].map((session, index, all) => ({ session, slot: Math.round((overMs * (index + 1)) / all.length) }));
  for (const { session, slot } of leaving) session.emit('goaway', { reconnect_in_ms: slot });
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const tick = () => {
      const passed = performance.now() - start;
      while (leaving[0] && leaving[0].slot <= passed) leaving.shift()?.session.close('drain');
      if (leaving.length > 0) return;
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(tick, 20);
    tick();
  });
}
