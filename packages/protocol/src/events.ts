// Types of the viewer protocol's events, for client and server (docs/protocol.md). Names and payloads must stay compatible, because stock
// socket.io clients use them directly. viewer-schemas.ts checks the payloads of viewers at run time.
import type { GapReason, NoticeCode } from './closings.ts';
import type { ErrorBody, ErrorCode } from './errors.ts';
import type { Lane, StreamLane } from './lanes.ts';
import type { RoomModes } from './moderation.ts';
import type { Position, Positions } from './position.ts';
import type { Frame, Msg, RoomMember } from './publication.ts';

/** A successful ack. */
export type Ok<T> = { ok: true } & T;
/** An ack of a refused event. */
export interface Failed {
  ok: false;
  error: ErrorBody;
}

/** The answer of the server to an event: the fields of `T`, or the error. */
export type Reply<T> = Ok<T> | Failed;

/** The callback by which the server answers an event. It is called once; after a lost connection it is not called. */
export type Ack<T> = (reply: Reply<T>) => void;

/** Joins a room, or joins it again after a reconnect. */
export interface JoinRequest {
  room: string;
  /** The viewer's last position in each lane. The reply has the messages after it; if not all can be replayed, `recovered` of the lane is false. */
  positions?: Positions;
  /** Maximum number of latest messages, over all lanes that have no position or were not recovered. Default 0 with `positions`, 50 without. */
  history?: number;
}

/** The state of the room at the join, and the messages that the viewer missed or the latest ones. */
export interface JoinReply {
  room: string;
  online: number;
  /** Positions after `msgs`. */
  positions: Positions;
  recovered: Partial<Record<StreamLane, boolean>>;
  msgs: Msg[];
  /** Number of messages of this reply that follow in frames, before the room's live frames; absent when `msgs` holds all. */
  following?: number;
  /** Cluster time when the reply was sent, milliseconds since 1970. Compare `ts`, `until` and `expires_at` with this clock. */
  now?: number;
  /** Current modes of the room; an empty object imposes no limits. Absent for `@me`. */
  modes?: RoomModes;
}

/** Leaves a room. */
export interface LeaveRequest {
  room: string;
}

/** Sends a message to a joined room. A second request with the same `cid` within the dedupe window is the same message. */
export interface SendRequest {
  room: string;
  type: string;
  data: unknown;
  /** Id that the client chooses for the message. A second `send` with the same cid is a duplicate and has no effect, so a retry is safe. */
  cid: string;
}

/** The message was accepted. */
export interface SendReply {
  id: string;
  /** Present when the message waits for a moderator; until the decision only the sender sees it. */
  held?: true;
}

/** Confirms messages that requested receipts. */
export interface ReceiptRequest {
  room: string;
  /** Ids of received messages that had `receipt: true`. */
  ids: string[];
}

/** Asks for a page of the members of a joined room. */
export interface MembersRequest {
  room: string;
  /** The `cursor` of the previous page; the first page when absent. */
  cursor?: string;
  /** Default 50. */
  limit?: number;
}

/** A page of the members of a room. */
export interface MembersReply {
  /** Connections in the room. */
  online: number;
  /** Number of distinct users: exact when `complete` is true, else an estimate. */
  users: number;
  /** Highest level first, then by id. */
  members: RoomMember[];
  /** Cursor of the next page; null on the last page. */
  cursor: string | null;
  /** True when the pages list every user. False in a large room, whose pages list the highest levels and a sample of the other users. */
  complete: boolean;
}

/** Asks for earlier messages of a joined room. */
export interface HistoryRequest {
  room: string;
  /** Default `chat`. */
  lane?: StreamLane;
  /** Only messages with a lower offset are returned. When absent, the newest messages are returned. */
  before?: number;
  limit?: number;
}

/** A renewal of the connection's token. */
export interface AuthRequest {
  /** A new token of the same user, device, session and issuer. */
  token: string;
}

/** The renewed token is in force. */
export interface AuthReply {
  /** `exp` of the new token, milliseconds since 1970. */
  expires_at: number;
  /** Cluster time when the reply was sent, milliseconds since 1970. */
  now: number;
}

/** Messages of one lane, lowest offset first. A recalled message is a tombstone: type `recalled`, no data. */
export interface HistoryReply {
  /** May be fewer than `limit`, because a reply has a maximum size. */
  msgs: Msg[];
  /** True when older messages exist. */
  more: boolean;
}

/** Events from viewer to server; each takes an ack callback. */
export interface ViewerEvents {
  join: (request: JoinRequest, ack: Ack<JoinReply>) => void;
  leave: (request: LeaveRequest, ack: Ack<object>) => void;
  send: (request: SendRequest, ack: Ack<SendReply>) => void;
  receipt: (request: ReceiptRequest, ack: Ack<object>) => void;
  members: (request: MembersRequest, ack: Ack<MembersReply>) => void;
  history: (request: HistoryRequest, ack: Ack<HistoryReply>) => void;
  auth: (request: AuthRequest, ack: Ack<AuthReply>) => void;
}

/** Reports messages that this viewer did not get or, with `history_lost`, the start of a new epoch of the lane. */
export interface Gap {
  room: string;
  lane: Lane;
  /** Number of messages this viewer did not get; 0 when unknown. */
  count: number;
  reason: GapReason;
  /** With `history_lost`: position at which the lane continues in its new epoch; the client stores it. When absent, the client joins again. */
  position?: Position;
}

/** The number of connections in a room. Sent at most once a second, and only when it changed. */
export interface PresenceUpdate {
  room: string;
  online: number;
}

/**
 * Reports a sanction, an expired token, a room that a new token does not allow, or a refused event to this viewer. With `room`, the notice is about
 * that room only; without `room`, it is about the connection.
 */
export interface Notice {
  /** A notice code, or a code of the errors table when the notice answers a refused event without an ack callback. */
  code: NoticeCode | ErrorCode;
  room?: string;
  message: string;
  /** End of the sanction, milliseconds since 1970. */
  until?: number;
}

/** The edge asks the viewer to reconnect: in `reconnect_in_ms` milliseconds, to `url` when it is given. */
export interface GoAway {
  reconnect_in_ms: number;
  url?: string;
}

/** Events from server to viewer. */
export interface ServerEvents {
  frame: (frame: Frame) => void;
  gap: (gap: Gap) => void;
  presence: (presence: PresenceUpdate) => void;
  notice: (notice: Notice) => void;
  goaway: (goaway: GoAway) => void;
}
