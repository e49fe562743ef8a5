// Reads an answer of Redis that refuses a command whatever its arguments: missing rights, no memory, a replica, a server that
// loads. Such a command is not worth sending again at once. Errors of danmux's own making are no refusals.

/** What an operator does about each. */
const advice = {
  NOPERM: 'Give the Redis user the rights that docs/redis.md lists.',
  NOAUTH: 'Redis wants a password: put it into REDIS_URL.',
  WRONGPASS: 'User or password in REDIS_URL is wrong.',
  NODB: 'The database number in REDIS_URL does not exist or is not allowed; see `databases` of the Redis.',
  OOM: 'Redis is full; what must be stored is refused until memory is free.',
  READONLY: 'The Redis is a replica: REDIS_URL must lead to a master.',
  MISCONF: 'Redis cannot save to its disk and takes no writes.',
  NOREPLICAS: 'Redis has fewer replicas than `min-replicas-to-write` asks for.',
  LOADING: 'Redis loads its data.',
  MASTERDOWN: 'The replica has no connection to its master.',
  CLUSTERDOWN: 'The Redis Cluster misses slots.',
  BUSY: 'Redis is busy with a script.',
  MAXCLIENTS: 'Redis has no room for more connections: raise `maxclients`.',
  UNKNOWN: 'The Redis does not know the command, or it was renamed.',
} as const;

export type RefusalCode = keyof typeof advice;

export interface Refusal {
  readonly code: RefusalCode;
  /** The command inside the script that was refused, when that was the one. */
  readonly inner?: string;
}

// Redis 6.2 puts the reply of a command inside a script behind a text of its own.
const reply = /(?:^|[\s-])(NOPERM|NOAUTH|WRONGPASS|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|CLUSTERDOWN|BUSY)\b/;
const sentences: readonly (readonly [RegExp, RefusalCode])[] = [
  [/max number of clients/i, 'MAXCLIENTS'],
  [/DB index is out of range|invalid DB index/i, 'NODB'],
  // Redis 7.0 has a sentence of its own for commands inside a script.
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

/** Refusals that end by themselves, soon after what caused them. */
export function isPassing(code: RefusalCode): boolean {
  return code !== 'NOPERM' && code !== 'UNKNOWN' && code !== 'NODB';
}
