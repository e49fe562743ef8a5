// Waits within a job, and no longer than the process lives.
import { JobPaused } from '@danmux/cluster';

/** Throws `JobPaused` when the process ends meanwhile. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new JobPaused());
    const wake = () => {
      clearTimeout(timer);
      reject(new JobPaused());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', wake);
      resolve();
    }, ms);
    signal.addEventListener('abort', wake, { once: true });
  });
}
