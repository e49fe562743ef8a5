// The Lua scripts, read once from the package's lua folder. Each runs by its SHA and is loaded again when Redis lost it
// (ioredis does both).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

const names = {
  dmxPublish: 'publish',
  dmxCommit: 'commit',
  dmxHeads: 'heads',
  dmxSubscribed: 'subscribed',
  dmxLeaseAcquire: 'lease-acquire',
  dmxLeaseRenew: 'lease-renew',
  dmxLeaseRelease: 'lease-release',
  dmxPresenceReport: 'presence-report',
  dmxAudience: 'audience',
  dmxMemberAnnounce: 'member-announce',
  dmxMemberList: 'member-list',
  dmxIdempotencyBegin: 'idempotency-begin',
  dmxIdempotencyFinish: 'idempotency-finish',
  dmxIdempotencyForget: 'idempotency-forget',
  dmxOnce: 'once',
  dmxRecall: 'recall',
  dmxRecordSet: 'record-set',
  dmxRecordPage: 'record-page',
  dmxRecordSweep: 'record-sweep',
  dmxCursorsWrite: 'cursors-write',
  dmxEventEmit: 'event-emit',
  dmxLogAppend: 'log-append',
  dmxReceiptOpen: 'receipt-open',
  dmxReceiptReport: 'receipt-report',
  dmxTraceAdd: 'trace-add',
  dmxTrafficAdd: 'traffic-add',
  dmxTime: 'time',
} as const;

export type ScriptName = keyof typeof names;

const sources = Object.entries(names).map(([name, file]) => ({ name, lua: readFileSync(new URL(`../../lua/${file}.lua`, import.meta.url), 'utf8') }));

const bySha = new Map(sources.map(({ name, lua }) => [createHash('sha1').update(lua).digest('hex'), names[name as ScriptName]]));

/** The file of a script, without its ending; undefined when it is none of danmux's. */
export function scriptNameOf(sha: string): string | undefined {
  return bySha.get(sha);
}

export function defineScripts(redis: Redis | Cluster): void {
  for (const { name, lua } of sources) redis.defineCommand(name, { lua });
}

/** Runs a script; the answer's form is the one its file states. */
export async function runScript(redis: Redis | Cluster, name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
  const commands = redis as unknown as Record<ScriptName, (...args: (string | number)[]) => Promise<unknown>>;
  return commands[name](keys.length, ...keys, ...args);
}
