// How many chat messages a second each room may be sent: what the room's record says (`chat_per_second` of its modes), followed
// while a relay works on the room. What a room without a word of its own may do is its caller's business. A relay works on when the
// watch cannot be had, which cluster's FollowedRecords would not allow: then a change is seen when it can.
import type { Bus, RecordChange, RecordField } from '@danmux/bus';
import { roomOfRecord, ruleRecords } from '@danmux/policy';
import type { RoomModes } from '@danmux/protocol';
import { backoffMs, type Runtime } from '@danmux/runtime';

interface Followed {
  /** The record's version that last told of its modes. */
  version: number;
  readonly told: (perSecond: number | undefined) => void;
}

const modesField = 'modes';

export class ChatRates {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #rooms = new Map<string, Followed>();
  #watch: { close(): Promise<void> } | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopped = false;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Resolves after the first try; one that failed is tried again until it succeeds. */
  async start(): Promise<void> {
    try {
      const watch = await this.#bus.records.watch({ changed: (change) => this.#changed(change), resumed: () => this.#readAll() });
      if (this.#stopped) return await watch.close();
      this.#watch = watch;
      this.#readAll();
    } catch (error) {
      this.#failed(error, 'could not watch the records');
      this.#retry = setTimeout(() => void this.start(), backoffMs(++this.#failures, { baseMs: 50, maxMs: 1_000 }));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#rooms.clear();
    await this.#watch?.close();
  }

  /** Calls `told` with the room's rate (undefined: none of its own), before it resolves and whenever it changes. */
  async follow(room: string, told: Followed['told']): Promise<void> {
    const followed = { version: -1, told };
    this.#rooms.set(room, followed);
    await this.#read(room, followed);
  }

  forget(room: string): void {
    this.#rooms.delete(room);
  }

  async #read(room: string, followed: Followed): Promise<void> {
    const { version, fields } = await this.#bus.records.get(ruleRecords.room(room));
    // A change that came meanwhile is newer.
    if (this.#rooms.get(room) === followed && version >= followed.version) this.#tell(followed, version, fields.get(modesField));
  }

  /** Changes may have been missed, or the store lost its records and counts from the beginning. */
  #readAll(): void {
    for (const [room, followed] of this.#rooms) {
      followed.version = -1;
      this.#read(room, followed).catch((error: unknown) => this.#failed(error, 'could not read the modes of a room'));
    }
  }

  #changed({ record, version, fields }: RecordChange): void {
    const followed = this.#rooms.get(roomOfRecord(record) ?? '');
    if (followed && fields.has(modesField) && version > followed.version) this.#tell(followed, version, fields.get(modesField));
  }

  #tell(followed: Followed, version: number, modes: RecordField | null | undefined): void {
    followed.version = version;
    try {
      const { chat_per_second: rate } = (modes ? JSON.parse(modes.value) : {}) as RoomModes;
      followed.told(typeof rate === 'number' && rate >= 0 ? rate : undefined);
    } catch (error) {
      this.#failed(error, 'modes of a room are no JSON');
      followed.told(undefined);
    }
  }

  #failed(error: unknown, message: string): void {
    if (this.#stopped) return;
    this.#runtime.caught('chat-rates', error, message);
  }
}
