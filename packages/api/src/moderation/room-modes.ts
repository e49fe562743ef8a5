// A room's modes in the room's record: reading, and merging a change. It announces nothing.
import type { Bus, RecordField } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError, type RoomModes } from '@danmux/protocol';
import type { ModesChange } from '@danmux/protocol/schemas';
import { findField } from './records.ts';

const field = 'modes';
/** Concurrent writers of one record; each round one of them succeeds. */
const tries = 20;

export async function readModes(bus: Bus, room: string): Promise<RoomModes> {
  const found = await findField(bus, ruleRecords.room(room), field);
  return found ? parse(found) : {};
}

export interface ChangedModes {
  readonly modes: RoomModes;
  /** Version of the room's record: a repeated change without another in between has the same. */
  readonly version: number;
}

/** Merges; null removes a mode. Writes nothing when nothing changes. */
export async function changeModes(bus: Bus, room: string, change: ModesChange): Promise<ChangedModes> {
  const record = ruleRecords.room(room);
  for (let left = tries; left > 0; left--) {
    const { version, fields } = await bus.records.get(record);
    const before = fields.get(field);
    const modes = merged(before ? parse(before) : {}, change);
    const value = JSON.stringify(modes);
    if (value === (before?.value ?? '{}')) return { modes, version };
    const written = await bus.records.setIf(record, version, new Map([[field, value === '{}' ? null : { value }]]));
    if (written !== null) return { modes, version: written };
  }
  throw new DanmuxError('unavailable', { message: 'The rules of this room are being changed all the time; nothing was changed.' });
}

function merged(before: RoomModes, change: ModesChange): RoomModes {
  return Object.fromEntries(
    Object.entries({ ...before, ...change })
      .filter(([, value]) => value !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function parse({ value }: RecordField): RoomModes {
  return JSON.parse(value) as RoomModes;
}
