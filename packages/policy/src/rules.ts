// The rules a process follows: the modes of the rooms it holds, and who is muted, banned or kicked there or everywhere. Asked at
// every join and every message, so it answers from memory; it enforces nothing, and tells what changed to who does.
import type { Bus } from '@danmux/bus';
import type { RoomModes, Sanction } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { type Entry, FollowedRecords } from './followed-records.ts';
import { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './record-names.ts';

export interface RuleChange {
  /** Null: everywhere. */
  readonly room: string | null;
  readonly kind: SanctionKind;
  readonly user: string;
  /** Null: it was lifted. One that ends in time is not told. */
  readonly sanction: Sanction | null;
}

type Rule = { readonly modes: RoomModes } | { readonly sanction: Sanction };

const modesField = 'modes';
const noModes: RoomModes = {};
/** What stands in a field that cannot be read: in force, since it was meant to be. */
const unreadable: Sanction = { by: 'unknown', at: 0 };

export class Rules implements Part {
  readonly name = 'rules';
  readonly #records: FollowedRecords<Rule>;
  readonly #changed: (change: RuleChange) => void;

  /** `changed` is told of every sanction that begins, changes or is lifted, in rooms that are held and everywhere. */
  constructor(runtime: Runtime, bus: Pick<Bus, 'records'>, changed: (change: RuleChange) => void = () => {}) {
    this.#changed = changed;
    this.#records = new FollowedRecords(runtime, bus, {
      read: (record, name, value) => read(runtime, record, name, value),
      changed: (record, name, now, before) => this.#tell(record, name, now, before),
      opened: (record) => this.#opened(record),
    });
  }

  /** Resolves when what is in force everywhere was read, or could not be; then it goes on trying. */
  async start(): Promise<void> {
    await this.#records.start();
    await this.#records.keep(ruleRecords.everywhere);
  }

  async stop(): Promise<void> {
    await this.#records.stop();
  }

  /**
   * The rules of a room are known from when this resolves and followed until `leave`; one call of it for each. Rejects with
   * `unavailable` when they were never read and cannot be now. Once read, the last known ones stay in force.
   */
  async hold(room: string): Promise<void> {
    if (!this.#records.knows(ruleRecords.everywhere)) {
      await this.#records.hold(ruleRecords.everywhere);
    }
    await this.#records.hold(ruleRecords.room(room));
  }

  leave(room: string): void {
    this.#records.leave(ruleRecords.room(room));
  }

  /** Of a room that is held. */
  modes(room: string): RoomModes {
    const rule = this.#records.get(ruleRecords.room(room), modesField)?.value;
    return rule && 'modes' in rule ? rule.modes : noModes;
  }

  /** The mute or ban of a user that is in force in a held room, the room's own or the one everywhere, whichever ends later. */
  sanction(kind: SanctionKind, user: string, room: string): Sanction | undefined {
    const field = sanctionField(kind, user);
    const everywhere = this.everywhere(kind, user);
    const entry = this.#records.get(ruleRecords.room(room), field);
    const here = entry && sanctionOf(entry);
    if (!here || !everywhere) return here ?? everywhere;
    return (everywhere.until ?? Number.POSITIVE_INFINITY) > (here.until ?? Number.POSITIVE_INFINITY) ? everywhere : here;
  }

  everywhere(kind: SanctionKind, user: string): Sanction | undefined {
    const entry = this.#records.get(ruleRecords.everywhere, sanctionField(kind, user));
    return entry && sanctionOf(entry);
  }

  /** Rooms it follows. */
  get rooms(): number {
    return this.#records.size - 1;
  }

  #tell(record: string, name: string, now: Entry<Rule> | null, before: Entry<Rule> | null): void {
    const named = parseField(name);
    const entry = now ?? before;
    if (!named || !entry) return;
    this.#changed({ room: roomOfRecord(record), ...named, sanction: now ? (sanctionOf(now) ?? unreadable) : null });
  }

  /** Who came before the bans were known must not stay for that; a kick was meant for who was there then. */
  #opened(record: string): void {
    if (record !== ruleRecords.everywhere) return;
    for (const [name, entry] of this.#records.entries(record)) if (name.startsWith('ban:')) this.#tell(record, name, entry, null);
  }
}

function parseField(name: string): { kind: SanctionKind; user: string } | null {
  const [, kind, user] = /^(mute|ban|kick):(.*)$/s.exec(name) ?? [];
  return kind === undefined || user === undefined ? null : { kind: kind as SanctionKind, user };
}

function sanctionOf({ value, until }: Entry<Rule>): Sanction | undefined {
  if (!('sanction' in value)) return undefined;
  return until === undefined ? value.sanction : { ...value.sanction, until };
}

function read(runtime: Runtime, record: string, name: string, value: string): Rule {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch (error) {
    runtime.caught('rules', error, 'a rule is malformed', { fields: { record, name } });
  }
  const readable = typeof parsed === 'object' && parsed !== null;
  if (name === modesField) return { modes: readable ? (parsed as RoomModes) : noModes };
  return { sanction: readable ? (parsed as Sanction) : unreadable };
}
