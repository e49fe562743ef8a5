// Disconnects the viewers of a draining edge spread over time, so that the other edges do not get all reconnects at the same moment. Each
// viewer is notified of its disconnect time and disconnected at that time; a standard socket.io client reconnects by itself.
import type { Session } from './session.ts';

/** Resolves after the last session is disconnected, `overMs` milliseconds at most. */
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
