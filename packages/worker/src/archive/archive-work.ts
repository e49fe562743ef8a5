// The archive: every sent message as a line in DIR/DATE/ROOM.jsonl, in the order of the streams. A consumer of the event log like
// a webhook target, with a cursor that moves when the lines are on the disk.
import { type Bus, type LoggedEvent, userRooms } from '@danmux/bus';
import type { JobQueue, Jobs, RunningJob } from '@danmux/jobs';
import type { WebhookEvent } from '@danmux/protocol';
import { type Part, parseJson, type Runtime } from '@danmux/runtime';
import { type ConsumerCursor, EventListener, LogTrim, readCursor, writeCursor } from '@danmux/webhooks';
import { type ArchivedMessage, appendMessages, dayFile } from './day-file.ts';
import { shardsBehind } from './shards-behind.ts';

const sweepMs = 2_000;
const eventsTogether = 500;
/** Of one round; with the event that goes past it. */
const charactersTogether = 1_048_576;
const filesTogether = 8;

export class ArchiveWork implements Part {
  readonly name = 'archive';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #jobs: JobQueue;
  readonly #dir: string;
  readonly #bells: EventListener;
  readonly #trim: LogTrim;

  /** Of `jobs` that are not started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#jobs = jobs;
    this.#dir = runtime.config.archive.dir;
    this.#trim = new LogTrim(runtime, bus);
    this.#bells = new EventListener(runtime, bus.events, (shards) => this.#ask(shards));
    jobs.handle('archive', (job) => this.write(job));
    // Without a folder too: the queue remembers a schedule that an earlier config asked for.
    jobs.repeat({ name: 'archive-sweep', everyMs: sweepMs, run: () => this.sweep() });
  }

  async start(): Promise<void> {
    if (this.#dir !== '') await this.#bells.start();
  }

  async drain(): Promise<void> {
    await this.#bells.stop();
  }

  async stop(): Promise<void> {
    await this.#bells.stop();
  }

  async sweep(): Promise<void> {
    if (this.#dir === '') return;
    await this.#ask(await shardsBehind(this.#bus, 'archive', this.#runtime.config.shards));
  }

  async write({ data: { shard }, signal }: Pick<RunningJob<'archive'>, 'data' | 'signal'>): Promise<void> {
    if (this.#dir === '') return;
    let cursor: ConsumerCursor | null = await readCursor(this.#bus.records, 'archive', shard);
    while (cursor && !signal.aborted) {
      const read: readonly LoggedEvent[] = await this.#bus.events.read(shard, cursor.entry, eventsTogether);
      const events = read.slice(0, placeOf(read));
      const entry = events.at(-1)?.entry;
      if (entry === undefined) return;
      // Who began and did not end may have written some of the lines.
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
    for (let first = 0; first < files.length; first += filesTogether) {
      const some = files.slice(first, first + filesTogether);
      await Promise.all(some.map(([path, { room, msgs }]) => appendMessages(path, room, msgs, mayRepeat)));
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
      this.#runtime.caught('archive-event', error, 'an event of the log is not one, and is left out', { level: 'error' });
      return null;
    }
  }

  async #ask(shards: readonly number[]): Promise<void> {
    await Promise.all(shards.map((shard) => this.#jobs.add('archive', { shard }, { key: `archive:${shard}` })));
  }
}

/** How many of the events make one round. */
function placeOf(events: readonly LoggedEvent[]): number {
  let characters = 0;
  const past = events.findIndex(({ text }) => {
    characters += text.length;
    return characters >= charactersTogether;
  });
  return past < 0 ? events.length : past + 1;
}
