// Says once what happens many times: the first lines of a kind are written, the others are counted, and one line says how many there
// were. A kind is a message, which is constant, so the kinds are few. Not for what must be found line by line at the default level.
import type { Logger } from './logger.ts';

export interface CountedOptions {
  /** Lines of a window that are written; 1 when absent. */
  readonly most?: number;
  /** Counts apart: a webhook target, the name of a job. From a small set. */
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

const windowMs = 10_000;
/** While it goes on. */
const nextWindowsMs = 60_000;

export class CountedLog {
  readonly #log: Pick<Logger, Level | 'debug'>;
  readonly #kinds = new Map<string, Kind>();

  constructor(log: Pick<Logger, Level | 'debug'>) {
    this.#log = log;
  }

  info(fields: Fields, message: string, options?: CountedOptions): void {
    this.#say('info', fields, message, options);
  }

  warn(fields: Fields, message: string, options?: CountedOptions): void {
    this.#say('warn', fields, message, options);
  }

  error(fields: Fields, message: string, options?: CountedOptions): void {
    this.#say('error', fields, message, options);
  }

  /** Writes what was counted and not yet said. */
  stop(): void {
    for (const kind of this.#kinds.values()) {
      clearTimeout(kind.timer);
      this.#tell(kind);
    }
    this.#kinds.clear();
  }

  /** Each line is there at level debug. */
  #say(level: Level, fields: Fields, message: string, { most = 1, per = '' }: CountedOptions = {}): void {
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
    this.#wait(key, kind, windowMs);
    return kind;
  }

  #wait(key: string, kind: Kind, ms: number): void {
    kind.timer = setTimeout(() => {
      if (this.#tell(kind)) this.#wait(key, kind, nextWindowsMs);
      else this.#kinds.delete(key);
    }, ms).unref();
  }

  /** False when nothing was repeated. */
  #tell(kind: Kind): boolean {
    if (kind.repeated === 0) return false;
    this.#log[kind.level]({ ...kind.fields, repeated: kind.repeated }, kind.message);
    kind.repeated = 0;
    kind.fields = {};
    return true;
  }
}
