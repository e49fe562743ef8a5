// Numbers of passed and failed tests, the failures by name, and their sums.
export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** Each failure that has a name, with its error, for the end of the output. */
  readonly failures?: readonly string[];
}

export const nothing: Count = { passed: 0, failed: 0 };

export function sum(counts: readonly Count[]): Count {
  const { passed, failed } = counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed }), nothing);
  return withFailures(
    { passed, failed },
    counts.flatMap(({ failures = [] }) => failures),
  );
}

export const withFailures = (count: Count, failures: readonly string[]): Count => (failures.length === 0 ? count : { ...count, failures });

/** A program that exits with an error without a failed test counts as one failure; so does one that ran no test. */
export function withExit(count: Count, good: boolean): Count {
  const silent = !good && count.failed === 0;
  const hollow = count.passed + count.failed === 0;
  return silent || hollow ? { ...count, failed: count.failed + 1 } : count;
}
