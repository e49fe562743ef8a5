// The recalls of one room, and the messages delivered lately: single ids, and bulk recalls of a user or of the whole room. Decides whether a
// message is shown, and finds the delivered messages that a bulk recall covers. It emits nothing.
import { type BulkRecall, isCovered, type Msg, type StreamLane } from '@danmux/protocol';
import { withoutParts } from './combo-parts.ts';
import { RecentIds } from './recent-ids.ts';

const maxIds = 2_000;
const maxDelivered = 2_000;
const maxBulk = 50;

type Delivered = Pick<Msg, 'type' | 'lane' | 'offset' | 'from' | 'ts' | 'parts'>;

export class Recalls {
  readonly #ids = new RecentIds(maxIds);
  /** Delivered messages, oldest first. A combo is stored with its parts, because their ids are the ones that can be recalled. */
  readonly #delivered = new Map<string, Delivered>();
  #bulk: BulkRecall[] = [];

  /** Returns true when the id was not recalled before. */
  add(id: string): boolean {
    return this.#ids.add(id);
  }

  /** Records a bulk recall; returns the ids of the delivered messages that it covers and that were not recalled before. */
  addBulk(recall: BulkRecall): string[] {
    this.#bulk = [...this.#bulk, recall].slice(-maxBulk);
    const covered = [...this.#delivered].filter(([, msg]) => isCovered(recall, msg));
    for (const [id] of covered) this.#delivered.delete(id);
    return covered.flatMap(([id, { parts }]) => (parts ? parts.map((part) => part.id) : [id])).filter((id) => this.#ids.add(id));
  }

  /** The message without its recalled parts; undefined when it was recalled as a whole. */
  shown(msg: Msg): Msg | undefined {
    return this.#bulk.some((recall) => isCovered(recall, msg)) ? undefined : withoutParts(msg, this.#ids);
  }

  /** Remembers a message that the application has, so that a bulk recall finds it. */
  delivered({ id, type, lane, offset, from, ts, parts }: Msg): void {
    this.#delivered.delete(id);
    this.#delivered.set(id, { type, lane, ts, ...(offset === undefined ? {} : { offset }), ...(from ? { from } : {}), ...(parts ? { parts } : {}) });
    const [oldest] = this.#delivered.keys();
    if (this.#delivered.size > maxDelivered && oldest !== undefined) this.#delivered.delete(oldest);
  }

  /**
   * Call when the lane continues in a new epoch. Messages delivered before it then count as older than every message of the new epoch. Bulk
   * recalls of the old epoch do not cover messages of the new one.
   */
  newEpoch(lane: StreamLane): void {
    for (const [id, msg] of this.#delivered) if (msg.lane === lane && msg.offset !== undefined) this.#delivered.set(id, { ...msg, offset: 0 });
    this.#bulk = this.#bulk.map(({ positions: { [lane]: _ended, ...positions }, ...recall }) => ({ ...recall, positions }));
  }
}
