// Writes mutes, bans and kicks, in one room or in all rooms, to the records that edges follow. Edges enforce them and close connections.
import type { RecordField } from '@danmux/bus';
import { ruleRecords, type SanctionKind, sanctionField } from '@danmux/policy';
import { DanmuxError, type Sanction } from '@danmux/protocol';
import type { SanctionReply } from '@danmux/protocol/schemas';
import { everyRoom } from '@danmux/webhooks';
import { cursorOf, positionOf } from '../http/paging.ts';
import type { Services } from '../services.ts';
import { findField } from './records.ts';

/** A kick stays in the record for a minute, so that every edge reads it, even after a short outage. */
const kickLifeMs = 60_000;

/** The place where a sanction applies: one room; if `room` is absent, every room. */
export interface Place {
  readonly room?: string;
}

export interface Decision {
  readonly reason?: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds since 1970; absent: until lifted. */
  readonly until?: number;
}

export async function impose(services: Services, place: Place, kind: 'mute' | 'ban', user: string, sanction: Decision): Promise<SanctionReply> {
  await write(services, place, new Map([[sanctionField(kind, user), fieldOf(sanction)]]));
  await announce(services, place, kind, user, sanction, false);
  return replyOf(place, user, sanction);
}

/** Makes edges remove the user; with `banMs` they also refuse the user for that many milliseconds. Kick and ban are one atomic write. */
export async function kick(services: Services, place: Place, user: string, decision: Omit<Decision, 'until'>, banMs?: number): Promise<SanctionReply> {
  const { at } = decision;
  const kicked: Sanction = decision;
  const banned: Sanction | null = banMs === undefined ? null : { ...decision, until: at + banMs };
  const fields = new Map([[sanctionField('kick', user), fieldOf(kicked, at + kickLifeMs)]]);
  if (banned) fields.set(sanctionField('ban', user), fieldOf(banned));
  await write(services, place, fields);
  await announce(services, place, 'kick', user, kicked, false);
  if (banned) await announce(services, place, 'ban', user, banned, false);
  return replyOf(place, user, banned ?? kicked);
}

/** Throws `not_found` when the user has no such sanction. */
export async function find({ bus }: Services, place: Place, kind: SanctionKind, user: string): Promise<SanctionReply> {
  const field = await findField(bus, recordOf(place), sanctionField(kind, user));
  if (!field) throw new DanmuxError('not_found', { message: `This user has no ${kind} in ${place.room === undefined ? 'every room' : 'this room'}.` });
  return replyOf(place, user, JSON.parse(field.value) as Sanction);
}

/** Returns the lifted sanction. Throws `not_found` when the user has no such sanction. */
export async function lift(services: Services, place: Place, kind: 'mute' | 'ban', user: string, by: string): Promise<SanctionReply> {
  const lifted = await find(services, place, kind, user);
  await write(services, place, new Map([[sanctionField(kind, user), null]]));
  await announce(services, place, kind, user, { by, at: services.runtime.clock.now() }, true);
  return lifted;
}

export interface SanctionPage {
  readonly found: SanctionReply[];
  readonly cursor: string | null;
}

/** One page of the sanctions of a kind, sorted by user. Throws `invalid_request` for a malformed cursor. */
export async function list({ bus }: Services, place: Place, kind: SanctionKind, cursor: string | undefined, limit: number): Promise<SanctionPage> {
  const prefix = sanctionField(kind, '');
  const after = cursor === undefined ? undefined : prefix + positionOf(cursor);
  const page = await bus.records.page(recordOf(place), prefix, after, limit);
  const found = page.fields.map(([name, { value }]) => replyOf(place, name.slice(prefix.length), JSON.parse(value) as Sanction));
  return { found, cursor: page.cursor === null ? null : cursorOf(page.cursor.slice(prefix.length)) };
}

function recordOf({ room }: Place): string {
  return room === undefined ? ruleRecords.everywhere : ruleRecords.room(room);
}

function fieldOf(sanction: Sanction, until = sanction.until): RecordField {
  return { value: JSON.stringify(sanction), ...(until === undefined ? {} : { until }) };
}

async function write({ bus }: Services, place: Place, fields: ReadonlyMap<string, RecordField | null>): Promise<void> {
  await bus.records.set(recordOf(place), fields);
}

async function announce(services: Services, { room = everyRoom }: Place, kind: SanctionKind, user: string, sanction: Sanction, lifted: boolean): Promise<void> {
  const { reason, until, by } = sanction;
  const data = { kind, user, lifted, ...(reason === undefined ? {} : { reason }), ...(until === undefined ? {} : { until }), by };
  await services.events.emit(room, 'moderation.sanction', data);
}

function replyOf({ room }: Place, user: string, { reason, by, at, until }: Sanction): SanctionReply {
  return { user, ...(room === undefined ? {} : { room }), ...(reason === undefined ? {} : { reason }), by, at, ...(until === undefined ? {} : { until }) };
}
