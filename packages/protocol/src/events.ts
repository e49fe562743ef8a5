// The viewer protocol's events, typed once for both ends (docs/protocol.md). Names and payloads are a contract with every
// stock socket.io client; the schemas that check them at run time are in viewer-schemas.ts.
import type { GapReason, NoticeCode } from './closings.ts';
import type { ErrorBody, ErrorCode } from './errors.ts';
import type { Lane, StreamLane } from './lanes.ts';
import type { RoomModes } from './moderation.ts';
import type { Position, Positions } from './position.ts';
import type { Frame, Msg, RoomMember } from './publication.ts';

export type Ok<T> = { ok: true } & T;
export interface Failed {
  ok: false;
  error: ErrorBody;
}
export type Reply<T> = Ok<T> | Failed;
export type Ack<T> = (reply: Reply<T>) => void;

export interface JoinRequest {
  room: string;
  /** Where the viewer was in each lane; what came after is replayed in `msgs`, or `recovered` says false. */
  positions?: Positions;
  /** How many of the room's last messages to return when there are no positions to recover from. */
  history?: number;
}
export interface JoinReply {
  room: string;
  online: number;
  positions: Positions;
  recovered: Partial<Record<StreamLane, boolean>>;
  msgs: Msg[];
  /** The cluster's time as the answer left, milliseconds since 1970; `ts`, `until` and `expires_at` are times of that clock. */
  now?: number;
  /** How the room may be talked in now; empty limits nothing. Absent for `@me`. */
  modes?: RoomModes;
}
export interface LeaveRequest {
  room: string;
}
export interface SendRequest {
  room: string;
  type: string;
  data: unknown;
  /** The sender's id of the message: the same one twice is one message. */
  cid: string;
}
export interface SendReply {
  id: string;
  /** Present when the message waits for a moderator; until then only its sender sees it. */
  held?: true;
}
export interface ReceiptRequest {
  room: string;
  /** Ids of messages that asked for a receipt. */
  ids: string[];
}
export interface MembersRequest {
  room: string;
  /** The `cursor` of the page before; the first page when absent. */
  cursor?: string;
  /** Default 50. */
  limit?: number;
}
export interface MembersReply {
  /** Connections in the room. */
  online: number;
  /** Distinct users: exact when `complete`, else estimated. */
  users: number;
  /** Highest level first, then by id. */
  members: RoomMember[];
  /** Null after the last page. */
  cursor: string | null;
  /** The pages name every user; false when a large room names its highest levels and a sample. */
  complete: boolean;
}
export interface HistoryRequest {
  room: string;
  /** Default `chat`. */
  lane?: StreamLane;
  /** Return messages with a lower offset than this; the newest when absent. */
  before?: number;
  limit?: number;
}
export interface HistoryReply {
  msgs: Msg[];
  more: boolean;
}

/** Viewer to server; every event takes an ack. */
export interface ViewerEvents {
  join: (request: JoinRequest, ack: Ack<JoinReply>) => void;
  leave: (request: LeaveRequest, ack: Ack<object>) => void;
  send: (request: SendRequest, ack: Ack<SendReply>) => void;
  receipt: (request: ReceiptRequest, ack: Ack<object>) => void;
  members: (request: MembersRequest, ack: Ack<MembersReply>) => void;
  history: (request: HistoryRequest, ack: Ack<HistoryReply>) => void;
}

export interface Gap {
  room: string;
  lane: Lane;
  /** How many messages this viewer was not sent; 0 when it cannot be known. */
  count: number;
  reason: GapReason;
  /** Of `history_lost`: where the lane goes on, in its new epoch. A client takes it for its own position; one that cannot joins again. */
  position?: Position;
}
export interface PresenceUpdate {
  room: string;
  online: number;
}
export interface Notice {
  /** A code of the errors table when it answers a refused event that had no ack. */
  code: NoticeCode | ErrorCode;
  room?: string;
  message: string;
  /** Milliseconds since 1970 until which it is in force. */
  until?: number;
}
export interface GoAway {
  reconnect_in_ms: number;
  url?: string;
}

/** Server to viewer. */
export interface ServerEvents {
  frame: (frame: Frame) => void;
  gap: (gap: Gap) => void;
  presence: (presence: PresenceUpdate) => void;
  notice: (notice: Notice) => void;
  goaway: (goaway: GoAway) => void;
}
