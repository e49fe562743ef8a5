// What a person sees while it runs: one line that is written over, and lines that stay.

const columns = () => process.stderr.columns ?? 0;

/** Written over by the next one; on no terminal, one line every five seconds. */
export function makeProgress(now: () => number = () => performance.now()): (line: string) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (line) => {
    if (columns() > 0) process.stderr.write(`\r\x1b[K${line.slice(0, columns() - 1)}`);
    else if (now() - shownAt >= 5_000) {
      shownAt = now();
      process.stderr.write(`${line}\n`);
    }
  };
}

export function say(line: string): void {
  if (columns() > 0) process.stderr.write('\r\x1b[K');
  process.stdout.write(`${line}\n`);
}
