// Reads pages of a room's history without recalled messages. It keeps nothing.
import { type HistoryReply, limits, type Msg, type StreamLane } from '@danmux/protocol';
import type { Connection } from './connection.ts';

export interface HistoryQuery {
  readonly lane?: StreamLane;
  /** Only messages below this offset; absent: the latest. */
  readonly before?: number;
  readonly limit?: number;
}

/** Messages of one page, lowest offset first. `visible` returns a message as it may be shown, or undefined when it was recalled. */
export async function readHistory(
  connection: Pick<Connection, 'request'>,
  room: string,
  query: HistoryQuery,
  visible: (msg: Msg) => Msg | undefined,
): Promise<{ msgs: Msg[]; more: boolean }> {
  for (let next: HistoryQuery = query; ; ) {
    const { msgs, more } = await connection.request<HistoryReply>('history', { room, ...next });
    const shown = msgs.flatMap((msg) => visible(msg) ?? []);
    const before = msgs[0]?.offset;
    const wanted = query.limit ?? shown.length;
    if (shown.length > 0 || !more || before === undefined) return { msgs: shown.slice(-wanted), more: more || shown.length > wanted };
    // When all messages of a page were recalled, the caller would get no offset to continue from, so the next page is requested here. It is as
    // large as possible, because a cleared room has many recalled messages.
    next = { ...query, before, limit: limits.historyPage };
  }
}
