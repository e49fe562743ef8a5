// Loads the Lua scripts from the package's lua folder. ioredis runs a script by its SHA-1 and sends the source when Redis does not have it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

const names = {
  dmxPublish: 'ingress-publish',
  dmxCommit: 'streams-commit',
  dmxHeads: 'streams-heads',
  dmxSubscribed: 'frames-subscribed',
  dmxLeaseAcquire: 'leases-acquire',
  dmxLeaseRenew: 'leases-renew',
  dmxLeaseRelease: 'leases-release',
  dmxPresenceReport: 'presence-report',
  dmxAudience: 'presence-audience',
  dmxMemberAnnounce: 'members-announce',
  dmxMemberList: 'members-list',
  dmxIdempotencyBegin: 'claims-begin',
  dmxIdempotencyFinish: 'claims-finish',
  dmxIdempotencyForget: 'claims-forget',
  dmxOnce: 'claims-once',
  dmxRecall: 'streams-recall',
  dmxRecordSet: 'records-set',
  dmxRecordPage: 'records-page',
  dmxRecordSweep: 'records-sweep',
  dmxCursorsWrite: 'cursors-write',
  dmxEventEmit: 'events-emit',
  dmxLogAppend: 'logs-append',
  dmxReceiptOpen: 'receipts-open',
  dmxReceiptReport: 'receipts-report',
  dmxTraceAdd: 'traces-add',
  dmxTrafficAdd: 'traffic-add',
  dmxTime: 'time-read',
} as const;

export type ScriptName = keyof typeof names;

const sources = Object.entries(names).map(([name, file]) => ({ name, lua: readFileSync(new URL(`../../lua/${file}.lua`, import.meta.url), 'utf8') }));

const bySha = new Map(sources.map(({ name, lua }) => [createHash('sha1').update(lua).digest('hex'), names[name as ScriptName]]));

/** File name without extension of the script with this SHA-1; undefined when danmux has no such script. */
export function scriptNameOf(sha: string): string | undefined {
  return bySha.get(sha);
}

export function defineScripts(redis: Redis | Cluster): void {
  for (const { name, lua } of sources) redis.defineCommand(name, { lua });
}

/** Runs a script. The comment at the top of the script's file describes the answer. */
export async function runScript(redis: Redis | Cluster, name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
  const commands = redis as unknown as Record<ScriptName, (...args: (string | number)[]) => Promise<unknown>>;
  return commands[name](keys.length, ...keys, ...args);
}
