// Terminal output of a run: one progress line that is overwritten, and permanent lines.

const columns = () => process.stderr.columns ?? 0;

/** Overwrites the previous progress line; without a terminal, prints one line every five seconds. */
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
