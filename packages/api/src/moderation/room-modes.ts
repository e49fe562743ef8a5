// Reads and changes the modes of a room in its record. Notifies neither viewers nor webhooks; the route does.
import type { Bus, RecordField } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError, type RoomModes } from '@danmux/protocol';
import type { ModesChange } from '@danmux/protocol/schemas';
import { findField } from './records.ts';

const field = 'modes';
/** Maximum attempts of a change. In each round one of the concurrent writers succeeds, so up to 20 writers all succeed. */
const tries = 20;

export async function readModes(bus: Bus, room: string): Promise<RoomModes> {
  const found = await findField(bus, ruleRecords.room(room), field);
  return found ? parse(found) : {};
}

export interface ChangedModes {
  readonly modes: RoomModes;
  /** Version of the room's record after the change. Repeating a change returns the same version unless the record changed in between. */
  readonly version: number;
}

/**
 * Merges the change into the modes; null removes a mode. Atomic per room. Writes nothing when nothing changes. Throws `unavailable` after 20
 * conflicts.
 */
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
  throw new DanmuxError('unavailable', { message: 'Too many concurrent changes to this room; nothing was changed. Try again.' });
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
