// Constants that both job engines share; the rest are settings.

export const jobRules = {
  /** Default number of attempts. */
  attempts: 5,
  /** Number of attempts of a repeated job per interval. */
  repeatedAttempts: 3,
  /** Delay before the first retry, milliseconds; it doubles with each further retry. */
  backoff: { baseMs: 1_000, maxMs: 3_600_000 },
  /** Cap on waiting jobs; further ones are refused with `unavailable`, except jobs with a key, whose number is bounded by the keys. */
  waiting: 100_000,
  /** Cap on finished jobs kept, for completed and failed ones each; past it the oldest are removed. */
  ended: 20_000,
  /** Dead letters are kept this many times `jobs.kept_ms`. */
  failedKept: 10,
} as const;
