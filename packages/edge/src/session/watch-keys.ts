// Disconnects viewers whose tokens were made with a watch key that is deleted or has expired, within a second, and refuses such tokens. The old
// secret of a rotated key expires too. Follows the stored keys; while the store cannot be read, the last known keys stay valid.
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
  /**
   * Watch mark (the `watch_key` claim of a token) → end of its validity, in milliseconds since 1970; no end if undefined. The map is undefined until
   * the keys were read for the first time.
   */
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
      // Applies a change before the whole record is read again, so a deleted key becomes invalid even if that read fails.
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

  /** Throws `token_key_removed` when the viewer's watch key is not valid, and `unavailable` until the keys were read for the first time. */
  async admit({ watchKey }: Viewer): Promise<void> {
    if (watchKey === undefined || this.#inForce(watchKey)) return;
    // The key may be new: it is stored, but the change has not reached this edge yet.
    await this.#record.refresh();
    if (this.#inForce(watchKey)) return;
    if (!this.#marks)
      throw new DanmuxError('unavailable', { message: 'The watch keys have not been read from the store yet; try again.', retryAfterMs: 1_000 });
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
