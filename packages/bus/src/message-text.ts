// The JSON layout of a message body.
import type { StreamLane } from '@danmux/protocol';

/** What stands in a stream where a message was recalled; `recalled` is its type. */
export function tombstone(lane: StreamLane, offset: number, id: string, ts: number): string {
  return `{"lane":"${lane}","offset":${offset},"id":${JSON.stringify(id)},"type":"recalled","data":null,"ts":${ts}}`;
}
