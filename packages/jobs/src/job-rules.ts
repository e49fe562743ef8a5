// What both engines of jobs agree on, besides the settings.

export const jobRules = {
  /** Tries of a job that says nothing else. */
  attempts: 5,
  /** Before the first retry; twice as long before each further one. */
  backoff: { baseMs: 1_000, maxMs: 3_600_000 },
  /** Jobs that wait; more are refused with `unavailable`. */
  waiting: 100_000,
  /** Ended jobs kept, of the done and of the failed; past it the oldest go. */
  ended: 20_000,
  /** Dead letters are kept so many times `jobs.kept_ms`. */
  failedKept: 10,
} as const;
