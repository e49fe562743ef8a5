// The chat rate of each room this relay works on: `chat_per_second` of the room's modes. Rooms without one, and rooms whose record could
// not be read yet, get undefined; the caller applies the default.
import type { Bus } from '@danmux/bus';
import { FollowedRecords, roomOfRecord, ruleRecords } from '@danmux/policy';
import type { RoomModes } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

type Apply = (perSecond: number | undefined) => void;

const modesField = 'modes';

export class ChatRates {
  readonly #records: FollowedRecords<number | undefined>;
  readonly #rooms = new Map<string, Apply>();

  constructor(runtime: Runtime, bus: Pick<Bus, 'records'>) {
    this.#records = new FollowedRecords(runtime, bus, {
      read: (_record, name, value) => (name === modesField ? rateIn(runtime, value) : undefined),
      changed: (record, name) => name === modesField && this.#apply(record),
      opened: (record) => this.#apply(record),
    });
  }

  async start(): Promise<void> {
    await this.#records.start();
  }

  async stop(): Promise<void> {
    this.#rooms.clear();
    await this.#records.stop();
  }

  /** Calls `apply` with the room's rate now and at every change until `forget`. If the record cannot be read yet, the first call comes later. */
  async follow(room: string, apply: Apply): Promise<void> {
    const isNew = !this.#rooms.has(room);
    this.#rooms.set(room, apply);
    // Calls `keep` instead of `hold`: `hold` rejects when the record cannot be read, but the relay must continue without the record.
    if (isNew) await this.#records.keep(ruleRecords.room(room));
    else this.#apply(ruleRecords.room(room));
  }

  forget(room: string): void {
    if (this.#rooms.delete(room)) this.#records.leave(ruleRecords.room(room));
  }

  #apply(record: string): void {
    if (this.#records.knows(record)) this.#rooms.get(roomOfRecord(record) ?? '')?.(this.#records.get(record, modesField)?.value);
  }
}

function rateIn(runtime: Runtime, modes: string): number | undefined {
  try {
    const { chat_per_second: rate } = JSON.parse(modes) as RoomModes;
    return typeof rate === 'number' && rate >= 0 ? rate : undefined;
  } catch (error) {
    runtime.caught('chat-rates', error, 'the modes of a room are not JSON');
    return undefined;
  }
}
