// Connects many viewers to one room over several edges and asserts which messages they received.
import type { StreamLane } from '@danmux/protocol';
import { eventually } from './eventually.ts';
import { TestViewer } from './test-viewer.ts';

export interface AudienceOptions {
  readonly size: number;
  readonly urls: readonly string[];
  readonly room: string;
  readonly token: string;
}

export class Audience {
  readonly viewers: readonly TestViewer[];

  private constructor(viewers: readonly TestViewer[]) {
    this.viewers = viewers;
  }

  /** Resolves when all viewers have joined. They connect in groups of 50, because one core cannot accept all handshakes in time. */
  static async join({ size, urls, room, token }: AudienceOptions): Promise<Audience> {
    const viewers: TestViewer[] = [];
    const audience = new Audience(viewers);
    try {
      for (let from = 0; from < size; from += 50) {
        const group = Array.from({ length: Math.min(50, size - from) }, (_, index) => new TestViewer({ urls, room, token, history: 0 }, from + index));
        viewers.push(...group);
        await Promise.all(group.map((viewer) => viewer.joined()));
      }
    } catch (error) {
      audience.close();
      throw error;
    }
    return audience;
  }

  /** Waits until every viewer has received `ids`, then throws unless each viewer received each id exactly once and in offset order. */
  async mustHold(lane: StreamLane, ids: readonly string[], timeoutMs = 20_000): Promise<void> {
    await eventually(
      () => {
        const short = this.viewers.filter((viewer) => new Set(viewer.ids(lane)).size < ids.length);
        const [first] = short;
        if (!first) return;
        const held = new Set(first.ids(lane));
        const missing = ids.filter((id) => !held.has(id));
        throw new Error(
          `${short.length} of ${this.viewers.length} viewers miss ${lane}; the first misses ${missing.length} of ${ids.length}: ${missing.slice(0, 5)}; ` +
            JSON.stringify({ gaps: first.gaps, errors: first.errors, positions: first.positions, disconnects: first.disconnects }),
        );
      },
      { timeoutMs, everyMs: 100 },
    );
    for (const viewer of this.viewers) mustBeOnceAndInOrder(viewer, lane, ids);
  }

  /** Number of viewers whose connection ended at least once. */
  get disconnected(): number {
    return this.viewers.filter(({ disconnects }) => disconnects > 0).length;
  }

  close(): void {
    for (const viewer of this.viewers) viewer.close();
  }
}

function mustBeOnceAndInOrder(viewer: TestViewer, lane: StreamLane, ids: readonly string[]): void {
  const held = viewer.ids(lane);
  const unique = new Set(held);
  if (held.length !== unique.size) throw new Error(`a viewer got ${held.length - unique.size} ${lane} messages twice`);
  const foreign = held.filter((id) => !ids.includes(id));
  if (foreign.length > 0) throw new Error(`a viewer got ${lane} messages that were never acknowledged: ${foreign.slice(0, 5)}`);
  const offsets = viewer.msgs.flatMap((msg) => (msg.lane === lane && msg.offset !== undefined ? [msg.offset] : []));
  const wrong = offsets.findIndex((offset, index) => index > 0 && offset !== (offsets[index - 1] ?? 0) + 1);
  if (wrong > 0) throw new Error(`a viewer got ${lane} out of order: ${offsets.slice(Math.max(0, wrong - 3), wrong + 3)}`);
}
