// Rate-limits repeated log lines: writes the first lines of a message, counts the following ones, and writes one line with the count at the
// end of each window. A window without repeats ends the counting. Messages are constant strings, so the map of messages stays small. Do not
// use this log for lines that must all be written.
import type { Logger } from './logger.ts';

/** How many lines of a message are written before counting begins, and which lines are counted separately. */
export interface CountedOptions {
  /** Lines written in the first window before counting begins; default 1. */
  readonly most?: number;
  /** Lines are counted separately for each value, e.g. for each webhook target or job name. There must be few distinct values. */
  readonly per?: string;
}

type Level = 'info' | 'warn' | 'error';
type Fields = Readonly<Record<string, unknown>>;

interface Kind {
  readonly level: Level;
  readonly message: string;
  written: number;
  repeated: number;
  fields: Fields;
  timer: NodeJS.Timeout | undefined;
}

/** Length of the first window, milliseconds. */
const windowMs = 10_000;
/** Length of each further window while the message repeats, milliseconds. */
const nextWindowsMs = 60_000;

/** A log for lines that can repeat once per message or request. The line with the count has the fields of the last repeated line. */
export class CountedLog {
  readonly #log: Pick<Logger, Level | 'debug'>;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Pick<Logger, Level | 'debug'>) {
    this.#log = log;
  }

  info(fields: Fields, message: string, options?: CountedOptions): void {
    this.#write('info', fields, message, options);
  }

  warn(fields: Fields, message: string, options?: CountedOptions): void {
    this.#write('warn', fields, message, options);
  }

  error(fields: Fields, message: string, options?: CountedOptions): void {
    this.#write('error', fields, message, options);
  }

  /** Writes pending counts and clears all timers. */
  stop(): void {
    for (const kind of this.#kinds.values()) {
      clearTimeout(kind.timer);
      this.#writeRepeated(kind);
    }
    this.#kinds.clear();
  }

  /** Writes the line at `level`, or counts it and writes it at level debug, so that a debug log contains every line. */
  #write(level: Level, fields: Fields, message: string, { most = 1, per = '' }: CountedOptions = {}): void {
    const key = `${message}\n${per}`;
    const kind = this.#kinds.get(key) ?? this.#begin(key, level, message);
    if (kind.written < most) {
      kind.written++;
      this.#log[level](fields, message);
      return;
    }
    kind.repeated++;
    kind.fields = fields;
    this.#log.debug(fields, message);
  }

  #begin(key: string, level: Level, message: string): Kind {
    const kind: Kind = { level, message, written: 0, repeated: 0, fields: {}, timer: undefined };
    this.#kinds.set(key, kind);
    this.#startWindow(key, kind, windowMs);
    return kind;
  }

  #startWindow(key: string, kind: Kind, ms: number): void {
    kind.timer = setTimeout(() => {
      if (this.#writeRepeated(kind)) this.#startWindow(key, kind, nextWindowsMs);
      else this.#kinds.delete(key);
    }, ms).unref();
  }

  /** Writes the count of repeated lines; returns false when there were none. */
  #writeRepeated(kind: Kind): boolean {
    if (kind.repeated === 0) return false;
    this.#log[kind.level]({ ...kind.fields, repeated: kind.repeated }, kind.message);
    kind.repeated = 0;
    kind.fields = {};
    return true;
  }
}
