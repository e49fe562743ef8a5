// The moderation rules that a process follows: modes, mutes, bans and kicks of single rooms, and sanctions that apply to all rooms. Answers
// come from memory, because every join and every message checks the rules. It reports changes; callers enforce them.
import type { Bus } from '@danmux/bus';
import type { RoomModes, Sanction } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { type Entry, FollowedRecords } from './followed-records.ts';
import { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './record-names.ts';

/** A sanction that was set, changed or lifted by any process. */
export interface RuleChange {
  /** The room of the sanction; null when it applies to all rooms. */
  readonly room: string | null;
  readonly kind: SanctionKind;
  readonly user: string;
  /** The current sanction; null when it was lifted. The expiry of a sanction is not reported. */
  readonly sanction: Sanction | null;
}

type Rule = { readonly modes: RoomModes } | { readonly sanction: Sanction };

const modesField = 'modes';
const noModes: RoomModes = {};
/** Used for a malformed field: the sanction counts as active, because someone meant to set it. */
const unreadable: Sanction = { by: 'unknown', at: 0 };

/**
 * The modes and sanctions of followed rooms, and the sanctions for all rooms. All answers come from memory. During an outage the last known
 * rules apply.
 */
export class Rules implements Part {
  readonly name = 'rules';
  readonly #records: FollowedRecords<Rule>;
  readonly #changed: (change: RuleChange) => void;

  /** Calls `changed` when a sanction begins, changes or is lifted, for a followed room or for all rooms. */
  constructor(runtime: Runtime, bus: Pick<Bus, 'records'>, changed: (change: RuleChange) => void = () => {}) {
    this.#changed = changed;
    this.#records = new FollowedRecords(runtime, bus, {
      read: (record, name, value) => read(runtime, record, name, value),
      changed: (record, name, now, before) => this.#report(record, name, now, before),
      opened: (record) => this.#opened(record),
    });
  }

  /** Resolves when the rules for all rooms were read, or when reading failed; it is then retried in the background. */
  async start(): Promise<void> {
    await this.#records.start();
    await this.#records.keep(ruleRecords.everywhere);
  }

  async stop(): Promise<void> {
    await this.#records.stop();
  }

  /**
   * Follows the rules of a room until `leave`, which must be called once for each `hold` that resolved. Resolves when the rules are known.
   * Rejects with `unavailable` when the rules were never read and cannot be read now. During an outage the last known rules stay active.
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

  /** Modes of a room that `hold` follows; no modes for any other room. */
  modes(room: string): RoomModes {
    const rule = this.#records.get(ruleRecords.room(room), modesField)?.value;
    return rule && 'modes' in rule ? rule.modes : noModes;
  }

  /**
   * The active mute or ban of a user in a room that `hold` follows. If the user has one for this room and one for all rooms, returns the one
   * that ends later.
   */
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

  /** Number of followed rooms. */
  get rooms(): number {
    return this.#records.size - 1;
  }

  #report(record: string, name: string, now: Entry<Rule> | null, before: Entry<Rule> | null): void {
    const named = parseField(name);
    const entry = now ?? before;
    if (!named || !entry) return;
    this.#changed({ room: roomOfRecord(record), ...named, sanction: now ? (sanctionOf(now) ?? unreadable) : null });
  }

  /**
   * Reports the bans for all rooms after their first read, so that edges remove banned users who joined before that read. Kicks are not
   * reported: a kick removes only users who are present when it is issued.
   */
  #opened(record: string): void {
    if (record !== ruleRecords.everywhere) return;
    for (const [name, entry] of this.#records.entries(record)) if (name.startsWith('ban:')) this.#report(record, name, entry, null);
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
