// Ends the connections of a watch key within a second after the key was deleted, rotated or has expired, and refuses its tokens. Follows the
// stored keys; while the store is away the last known keys stay in force.
import type { Bus, RecordField } from '@danmux/bus';
import { FollowedRecord, ruleRecords, watchMarksOf } from '@danmux/policy';
import { DanmuxError, notices } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import type { Viewer } from '../viewer/viewer.ts';
import type { Session } from './session.ts';

const everyMs = 500;

export class WatchKeys implements Part {
  readonly name = 'watch-keys';
  readonly #runtime: Runtime;
  readonly #sessions: ReadonlySet<Session>;
  readonly #record: FollowedRecord;
  /** Mark → the end of its validity; undefined before the first read. */
  #marks: ReadonlyMap<string, number | undefined> | undefined;
  #fields: ReadonlyMap<string, RecordField | null> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime, bus: Pick<Bus, 'records'>, sessions: ReadonlySet<Session>) {
    this.#runtime = runtime;
    this.#sessions = sessions;
    this.#record = new FollowedRecord(runtime, bus, ruleRecords.keys, {
      read: ({ fields }) => {
        this.#set(fields);
        return true;
      },
      // Applied before the whole record is read again, so that a deleted key ends even if the store becomes unavailable now.
      changed: (fields) => this.#marks && this.#set(new Map([...this.#fields, ...fields])),
    });
  }

  async start(): Promise<void> {
    await this.#record.start();
    this.#timer = setInterval(() => this.check(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#record.stop();
  }

  /** Throws `token_key_removed` when the viewer's watch key is not in force, and `unavailable` while the keys were never read. */
  async admit({ watchKey }: Viewer): Promise<void> {
    if (watchKey === undefined || this.#inForce(watchKey)) return;
    // A new key may be in the store already, and its change under way.
    await this.#record.refresh();
    if (this.#inForce(watchKey)) return;
    if (!this.#marks) throw new DanmuxError('unavailable', { message: 'Watch keys cannot be read yet.', retryAfterMs: 1_000 });
    throw new DanmuxError('token_key_removed');
  }

  /** Ends the sessions whose key is no longer in force. */
  check(): void {
    if (!this.#marks) return;
    for (const session of this.#sessions) {
      const { watchKey } = session.viewer;
      if (watchKey === undefined || this.#inForce(watchKey)) continue;
      session.emit('notice', { code: 'token_key_removed', message: notices.token_key_removed.text });
      session.disconnect('token_key_removed');
    }
  }

  #inForce(mark: string): boolean {
    if (!this.#marks?.has(mark)) return false;
    const until = this.#marks.get(mark);
    return until === undefined || until > this.#runtime.clock.now();
  }

  #set(fields: ReadonlyMap<string, RecordField | null>): void {
    this.#fields = fields;
    const marks = [...fields].flatMap(([id, field]) => (field ? watchMarksOf(id, field.value) : []));
    this.#marks = new Map(marks.map(({ mark, until }) => [mark, until]));
    this.check();
  }
}
