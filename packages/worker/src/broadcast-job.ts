// Publishes one message to every room of a broadcast: exact names, and online rooms that match `prefix*` or `*`. All broadcasts share
// one pace, which limits the load of large ones. After a crash of the worker, the job continues after the last room in its stored progress.
import { acceptPublication, type Bus, isUserRoom, type Publication } from '@danmux/bus';
import { addReceiptsJob, Publisher } from '@danmux/cluster';
import type { JobData, JobQueue, RunningJob } from '@danmux/jobs';
import { limits, roomMatches } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { BroadcastPace } from './broadcast-pace.ts';
import { pause } from './pause.ts';
import { type Failure, retryRefused } from './store-retry.ts';

export interface BroadcastParts {
  readonly runtime: Runtime;
  readonly bus: Pick<Bus, 'ingress' | 'receipts' | 'presence' | 'records'>;
  readonly jobs: Pick<JobQueue, 'add'>;
}

interface Room {
  readonly name: string;
  /** At least 1, because an empty room costs a publication too. */
  readonly viewers: number;
}

/** The rate is divided into this many slices per second. */
const slicesPerSecond = 10;

export function broadcastJob(parts: BroadcastParts): (job: RunningJob<'broadcast'>) => Promise<void> {
  const pace = new BroadcastPace(parts.runtime, parts.bus);
  const publisher = new Publisher(parts.runtime, parts.bus, 'worker');
  return async ({ data, progress, signal, report }) => {
    const rooms = await roomsOf(parts.bus, data.rooms);
    const after = progress?.cursor;
    const left = after === undefined ? rooms : rooms.filter(({ name }) => name > after);
    let done = progress?.done ?? 0;
    const total = done + left.length;
    for (const slice of slices(left, parts.runtime)) {
      await pause(await pace.book(durationOf(slice, parts.runtime), signal), signal);
      if (hasExpired(parts.runtime, data)) return;
      await publishTo({ ...parts, publisher }, data, slice, signal);
      done += slice.length;
      await report({ done, total, cursor: slice.at(-1)?.name ?? '' });
    }
    parts.runtime.log.info({ id: data.id, trace: data.trace, rooms: total, hop: 'worker' }, 'a broadcast was sent');
    if (data.receipt && rooms[0]) await addReceiptsJob(parts, { id: data.id, room: rooms[0].name });
  };
}

/** The rooms of a broadcast, sorted by name, so that the name of the last finished room can be the cursor. */
async function roomsOf(bus: BroadcastParts['bus'], rules: readonly string[]): Promise<readonly Room[]> {
  const online = await bus.presence.rooms();
  const matching = [...online.keys()].filter((name) => !isUserRoom(name) && roomMatches(name, rules));
  const names = new Set([...matching, ...rules.filter((rule) => !rule.endsWith('*'))]);
  return [...names].sort(byCode).map((name) => ({ name, viewers: Math.max(1, online.get(name) ?? 0) }));
}

/** Compares names by their UTF-16 code units, as the comparison of names with the cursor (`>`) does. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Splits the rooms into slices of at least one room, each limited to 1 / slicesPerSecond of the rates for rooms and viewers. */
function* slices(rooms: readonly Room[], { config }: Runtime): Generator<readonly Room[]> {
  const { viewers_per_second, rooms_per_second } = config.broadcasts;
  let slice: Room[] = [];
  let viewers = 0;
  for (const room of rooms) {
    const full = slice.length >= rooms_per_second / slicesPerSecond || viewers + room.viewers > viewers_per_second / slicesPerSecond;
    if (slice.length > 0 && full) {
      yield slice;
      slice = [];
      viewers = 0;
    }
    slice.push(room);
    viewers += room.viewers;
  }
  if (slice.length > 0) yield slice;
}

/** Duration of a slice at the configured rates, in milliseconds. */
function durationOf(slice: readonly Room[], { config }: Runtime): number {
  const { viewers_per_second, rooms_per_second } = config.broadcasts;
  const viewers = slice.reduce((sum, room) => sum + room.viewers, 0);
  return 1_000 * Math.max(viewers / viewers_per_second, slice.length / rooms_per_second);
}

function hasExpired({ clock }: Runtime, { expires_at }: JobData['broadcast']): boolean {
  return expires_at !== undefined && expires_at <= clock.now();
}

async function publishTo(
  parts: BroadcastParts & { readonly publisher: Publisher },
  data: JobData['broadcast'],
  rooms: readonly Room[],
  signal: AbortSignal,
): Promise<void> {
  await retryRefused(rooms, signal, async (left) => {
    try {
      const now = parts.runtime.clock.now();
      if (data.receipt) await Promise.all(left.map(({ name }) => parts.bus.receipts.open(data.id, name, now)));
      const results = await parts.publisher.publish(left.map(({ name }) => publicationFor(parts.runtime, data, name, now)));
      return failuresOf(left, results);
    } catch (error) {
      return left.map((item) => ({ item, error: error as Error }));
    }
  });
}

function failuresOf(rooms: readonly Room[], results: readonly unknown[]): readonly Failure<Room>[] {
  return rooms.flatMap((item, index) => {
    const result = results[index];
    return result instanceof Error ? [{ item, error: result }] : [];
  });
}

/** All rooms get the id of the broadcast, so that a repeat within a room is a duplicate. */
function publicationFor(
  { config }: Runtime,
  { id, type, data, from, trace, receipt, expires_at }: JobData['broadcast'],
  room: string,
  now: number,
): Publication {
  const marks = { ...(receipt ? { receipt } : {}), ...(expires_at === undefined ? {} : { expires_at }) };
  const incoming = { room, type, data, id, ...(from ? { from } : {}), ...(trace ? { trace } : {}), ...(Object.keys(marks).length > 0 ? { marks } : {}) };
  const { types, role_weights } = config.messages;
  return acceptPublication(incoming, { types, maxData: limits.backendData, now, roleWeights: role_weights });
}
