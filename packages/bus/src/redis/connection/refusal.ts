// Recognises errors with which Redis refuses a command regardless of its arguments: permissions are missing, memory is full, the server is a
// replica or is still loading its data. Retrying such a command immediately is pointless. Errors raised by danmux's own scripts are not refusals.

/** The cause or the remedy that the operator reads, by error code. */
const advice = {
  NOPERM: 'Give the Redis user the rights that docs/redis.md lists.',
  NOAUTH: 'Redis requires a password: add it to REDIS_URL.',
  WRONGPASS: 'User or password in REDIS_URL is wrong.',
  NODB: 'The database number in REDIS_URL does not exist or is not allowed; see `databases` of the Redis.',
  OOM: 'Redis is out of memory; gifts are refused until memory is free.',
  READONLY: 'This Redis is a replica: REDIS_URL must point to a master.',
  MISCONF: 'Redis cannot write to its disk and refuses writes.',
  NOREPLICAS: 'Redis has fewer replicas than `min-replicas-to-write` requires.',
  LOADING: 'Redis is still loading its data.',
  MASTERDOWN: 'The replica has no connection to its master.',
  CLUSTERDOWN: 'Some slots of the Redis Cluster have no master.',
  BUSY: 'Redis is busy running a script.',
  MAXCLIENTS: 'Redis has reached its connection limit: raise `maxclients`.',
  UNKNOWN: 'This Redis does not have the command, or it was renamed.',
} as const;

export type RefusalCode = keyof typeof advice;

export interface Refusal {
  readonly code: RefusalCode;
  /** The refused command inside a script, when the error names it. */
  readonly inner?: string;
}

// Redis 6.2 puts its own text in front of the error of a command inside a script.
const reply = /(?:^|[\s-])(NOPERM|NOAUTH|WRONGPASS|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|CLUSTERDOWN|BUSY)\b/;
const sentences: readonly (readonly [RegExp, RefusalCode])[] = [
  [/max number of clients/i, 'MAXCLIENTS'],
  [/DB index is out of range|invalid DB index/i, 'NODB'],
  // Redis 7.0 words the error of a command inside a script differently.
  [/ACL failure in script|has no permissions to|user executing the script can't/i, 'NOPERM'],
  [/user ?is ?disabled|invalid (username-)?password|AUTH failed/i, 'WRONGPASS'],
  [/unknown (sub)?command/i, 'UNKNOWN'],
];

export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const code = (reply.exec(message)?.[1] as RefusalCode | undefined) ?? sentences.find(([form]) => form.test(message))?.[1];
  if (!code) return undefined;
  const inner = /in script: .*run the '([a-z|_-]+)' command/i.exec(message)?.[1];
  return inner === undefined ? { code } : { code, inner };
}

export function adviceOf(code: RefusalCode): string {
  return advice[code];
}

/** Whether the refusal may end soon. False for missing permissions, an unknown command and a wrong database number. */
export function isPassing(code: RefusalCode): boolean {
  return code !== 'NOPERM' && code !== 'UNKNOWN' && code !== 'NODB';
}
