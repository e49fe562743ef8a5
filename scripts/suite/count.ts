// Numbers of passed and failed tests, and their sums.
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export const nothing: Count = { passed: 0, failed: 0 };

export const sum = (counts: readonly Count[]): Count =>
  counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed }), nothing);

/** A program that exits with an error without a failed test counts as one failure; so does one that ran no test. */
export function withExit(count: Count, good: boolean): Count {
  const silent = !good && count.failed === 0;
  const hollow = count.passed + count.failed === 0;
  return silent || hollow ? { ...count, failed: count.failed + 1 } : count;
}
