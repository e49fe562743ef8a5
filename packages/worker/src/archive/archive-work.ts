// The archive: writes every sent message as a line to DIR/DATE/ROOM.jsonl, in stream order. It consumes the event log like a webhook
// target, and moves its cursor after the lines are synced to disk.
import { type Bus, type LoggedEvent, userRooms } from '@danmux/bus';
import type { JobQueue, Jobs, RunningJob } from '@danmux/jobs';
import type { WebhookEvent } from '@danmux/protocol';
import { type Part, parseJson, type Runtime } from '@danmux/runtime';
import { type ConsumerCursor, EventListener, LogTrim, readCursor, writeCursor } from '@danmux/webhooks';
import { type ArchivedMessage, appendMessages, dayFile } from './day-file.ts';
import { shardsBehind } from './shards-behind.ts';

const sweepMs = 2_000;
const eventsPerRound = 500;
/** A round ends with the event at which the text of the round reaches this many characters. */
const charactersPerRound = 1_048_576;
const filesAtOnce = 8;

export class ArchiveWork implements Part {
  readonly name = 'archive';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #jobs: JobQueue;
  readonly #dir: string;
  readonly #listener: EventListener;
  readonly #trim: LogTrim;

  /** Registers its handlers, so `jobs` must not be started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#jobs = jobs;
    this.#dir = runtime.config.archive.dir;
    this.#trim = new LogTrim(runtime, bus);
    this.#listener = new EventListener(runtime, bus.events, (shards) => this.#ask(shards));
    jobs.handle('archive', (job) => this.write(job));
    // Registered even when archiving is off, because the queue may still have the schedule of an earlier config.
    jobs.repeat({ name: 'archive-sweep', everyMs: sweepMs, run: () => this.sweep() });
  }

  async start(): Promise<void> {
    if (this.#dir !== '') await this.#listener.start();
  }

  async drain(): Promise<void> {
    await this.#listener.stop();
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
  }

  async sweep(): Promise<void> {
    if (this.#dir === '') return;
    await this.#ask(await shardsBehind(this.#bus, 'archive', this.#runtime.config.shards));
  }

  async write({ data: { shard }, signal }: Pick<RunningJob<'archive'>, 'data' | 'signal'>): Promise<void> {
    if (this.#dir === '') return;
    let cursor: ConsumerCursor | null = await readCursor(this.#bus.records, 'archive', shard);
    while (cursor && !signal.aborted) {
      const read: readonly LoggedEvent[] = await this.#bus.events.read(shard, cursor.entry, eventsPerRound);
      const events = read.slice(0, roundSize(read));
      const entry = events.at(-1)?.entry;
      if (entry === undefined) return;
      // `begun` remains in the cursor when a round was interrupted. That round may already have written some of these lines.
      const mayRepeat = cursor.begun !== undefined;
      const begun = await writeCursor(this.#bus.records, 'archive', shard, { ...cursor, begun: JSON.stringify({ node: this.#runtime.node }) });
      if (!begun) return;
      await this.#append(events, mayRepeat);
      cursor = await writeCursor(this.#bus.records, 'archive', shard, { entry, version: begun.version });
      if (!cursor) return;
      this.#trim.ask();
      await this.#trim.run([shard]);
    }
  }

  async #append(events: readonly LoggedEvent[], mayRepeat: boolean): Promise<void> {
    const files = [...this.#filesOf(events)];
    for (let first = 0; first < files.length; first += filesAtOnce) {
      const batch = files.slice(first, first + filesAtOnce);
      await Promise.all(batch.map(([path, { room, msgs }]) => appendMessages(path, room, msgs, mayRepeat)));
    }
  }

  #filesOf(events: readonly LoggedEvent[]): Map<string, { room: string; msgs: ArchivedMessage[] }> {
    const files = new Map<string, { room: string; msgs: ArchivedMessage[] }>();
    for (const { text } of events) {
      const { type, room, data } = this.#parsed(text) ?? {};
      if (type !== 'message.sent' || room === undefined || userRooms.includes(room)) continue;
      for (const msg of (data as { messages: ArchivedMessage[] }).messages) {
        const path = dayFile(this.#dir, room, msg.ts);
        const file = files.get(path) ?? { room, msgs: [] };
        file.msgs.push(msg);
        files.set(path, file);
      }
    }
    return files;
  }

  #parsed(text: string): WebhookEvent | null {
    try {
      return parseJson(text) as WebhookEvent;
    } catch (error) {
      this.#runtime.caught('archive-event', error, 'skipping a malformed event of the event log', { level: 'error' });
      return null;
    }
  }

  async #ask(shards: readonly number[]): Promise<void> {
    await Promise.all(shards.map((shard) => this.#jobs.add('archive', { shard }, { key: `archive:${shard}` })));
  }
}

/** Returns the number of events in the next round. */
function roundSize(events: readonly LoggedEvent[]): number {
  let characters = 0;
  const past = events.findIndex(({ text }) => {
    characters += text.length;
    return characters >= charactersPerRound;
  });
  return past < 0 ? events.length : past + 1;
}
