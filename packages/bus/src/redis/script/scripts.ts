// All Lua scripts: loads their files, gives them the table of lanes and runs them. ioredis runs a script by its SHA-1 and sends the source
// when Redis does not have it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { laneNames, lanes, streamLanes } from '@danmux/protocol';
import type { Cluster, Redis } from 'ioredis';
import { claimsBegin, claimsFinish, claimsForget, claimsOnce } from './claims.ts';
import { cursorsWrite } from './cursors-write.ts';
import { type Argument, callOf, type Script } from './define-script.ts';
import { ingressPublish } from './ingress-publish.ts';
import { leasesAcquire, leasesRelease, leasesRenew } from './leases.ts';
import { eventsEmit, logsAppend } from './logs.ts';
import { membersAnnounce, membersList } from './members.ts';
import { framesSubscribed, timeRead } from './node.ts';
import { presenceAudience, presenceReport } from './presence.ts';
import { receiptsOpen, receiptsReport } from './receipts.ts';
import { recordsPage, recordsSet, recordsSweep } from './records.ts';
import { streamsHeads, streamsRecall, streamsRecallAll } from './streams.ts';
import { streamsCommit } from './streams-commit.ts';
import { tracesAdd, trafficAdd } from './traces.ts';

export const scripts: readonly Script<never>[] = [
  ...[ingressPublish, streamsCommit, streamsHeads, streamsRecall, streamsRecallAll, framesSubscribed],
  ...[leasesAcquire, leasesRenew, leasesRelease, presenceReport, presenceAudience, membersAnnounce, membersList],
  ...[claimsBegin, claimsFinish, claimsForget, claimsOnce, recordsSet, recordsPage, recordsSweep, cursorsWrite],
  ...[eventsEmit, logsAppend, receiptsOpen, receiptsReport, tracesAdd, trafficAdd, timeRead],
];

/** Columns of the table of lanes as Lua locals. A lane has the same index in `lane_names` and `lane_guaranteed`, as in a call's KEYS and ARGV. */
const columns: Readonly<Record<string, readonly (string | boolean)[]>> = {
  lane_names: laneNames,
  lane_guaranteed: laneNames.map((lane) => lanes[lane].guaranteed),
  stream_lane_names: streamLanes,
  stream_lane_combos: streamLanes.map((lane) => lanes[lane].merges === 'combos'),
};

/**
 * The source of a script: the columns that it uses, followed by its file. The columns are put in front of the first line, so that the line numbers in
 * errors are those of the file.
 */
export function luaOf(file: string): string {
  const lua = readFileSync(new URL(`../../../lua/${file}.lua`, import.meta.url), 'utf8');
  const used = Object.entries(columns).filter(([name]) => new RegExp(`\\b${name}\\b`).test(lua));
  return used.map(([name, values]) => `local ${name} = { ${values.map((value) => JSON.stringify(value)).join(', ')} } `).join('') + lua;
}

const sources = scripts.map(({ file, command }) => ({ file, command, lua: luaOf(file) }));

const bySha = new Map(sources.map(({ file, lua }) => [createHash('sha1').update(lua).digest('hex'), file]));

/** File name without extension of the script with this SHA-1; undefined when danmux has no such script. */
export function scriptNameOf(sha: string): string | undefined {
  return bySha.get(sha);
}

export function defineScripts(redis: Redis | Cluster): void {
  for (const { command, lua } of sources) redis.defineCommand(command, { lua });
}

/** Runs a script. The comment at the top of its Lua file describes the answer. */
export async function runScript<I>(redis: Redis | Cluster, script: Script<I>, input: I): Promise<unknown> {
  const run = (redis as unknown as Record<string, (...args: Argument[]) => Promise<unknown>>)[script.command];
  if (!run) throw new TypeError(`${script.file} is not in the list of scripts.`);
  const { keys, args } = callOf(script, input);
  return run.call(redis, keys.length, ...keys, ...args);
}
