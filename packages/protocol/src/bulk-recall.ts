// A bulk recall: one control message recalls all messages of a user or of a whole room. Server and clients use the rule in this file to decide
// whether it covers a message. The recall of one message by its id is not part of this file.
import { isStreamLane, lanes, type StreamLane, streamLanes } from './lanes.ts';
import { reservedTypes } from './message-types.ts';
import type { Positions } from './position.ts';
import type { Msg } from './publication.ts';

/** The recalled messages: those of one user, or all of a room. */
export type RecallScope = { readonly user: string } | { readonly all: true };

/** A recall of many messages: its scope, and the last recalled offset of each lane. */
export interface BulkRecall {
  readonly scope: RecallScope;
  /** The last recalled offset of each lane; later messages stay, and so do all messages of a lane that is absent. */
  readonly positions: Positions;
  /** When the recall was accepted, milliseconds since 1970. Messages without an offset are covered up to this time. */
  readonly ts: number;
}

/** The lanes whose streams a recall covers. */
export function recallLanes(scope: RecallScope): readonly StreamLane[] {
  return 'user' in scope ? streamLanes : streamLanes.filter((lane) => lanes[lane].cleared);
}

/** The bulk recall in a message of type `recall`; undefined for other messages and for the recall of one id. */
export function bulkRecallOf({ type, data, ts }: Pick<Msg, 'type' | 'data' | 'ts'>): BulkRecall | undefined {
  if (type !== 'recall' || typeof data !== 'object' || data === null) return undefined;
  const { user, all, positions } = data as { readonly user?: unknown; readonly all?: unknown; readonly positions?: Positions };
  if (typeof positions !== 'object' || positions === null) return undefined;
  if (typeof user === 'string') return { scope: { user }, positions, ts };
  return all === true ? { scope: { all }, positions, ts } : undefined;
}

/** Whether the recall covers a message. Messages about recalls and room modes are never covered. */
export function isCovered({ scope, positions, ts }: BulkRecall, msg: Pick<Msg, 'type' | 'lane' | 'offset' | 'from' | 'ts'>): boolean {
  if (reservedTypes.includes(msg.type)) return false;
  if ('user' in scope ? msg.from?.id !== scope.user : !lanes[msg.lane].cleared) return false;
  if (msg.offset === undefined) return msg.ts <= ts;
  return isStreamLane(msg.lane) && msg.offset <= (positions[msg.lane]?.offset ?? 0);
}
