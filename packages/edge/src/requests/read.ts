// Handles the viewer events that change no membership: `history`, `members` and `receipt`.
import { type Bus, pageOf, personalRoom } from '@danmux/bus';
import { type HistoryReply, type HistoryRequest, limits, type MembersReply, type MembersRequest, type Msg, type ReceiptRequest } from '@danmux/protocol';
import { parseJson, type Runtime, toJson } from '@danmux/runtime';
import type { DeliveryReceipts } from '../fan-out/delivery-receipts.ts';
import { fitting, spaceBeside } from '../frame/fitting.ts';
import type { PersonalMessages } from '../personal/messages.ts';
import type { Presence } from '../room/presence.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Session } from '../session/session.ts';
import type { Answer } from './handlers.ts';

export interface ReadParts {
  readonly rooms: Pick<Rooms, 'joined'>;
  readonly presence: Presence;
  readonly receipts: DeliveryReceipts;
  readonly personal: PersonalMessages;
}

const defaultPage = 50;
const longestCursor = '-'.repeat(limits.cursor);

export class Read {
  readonly #bus: Bus;
  readonly #frameBytes: number;
  readonly #parts: ReadParts;

  constructor({ config }: Runtime, bus: Bus, parts: ReadParts) {
    this.#bus = bus;
    this.#frameBytes = config.edge.frame_bytes;
    this.#parts = parts;
  }

  async history(session: Session, request: HistoryRequest): Promise<Answer<HistoryReply>> {
    const room = this.#parts.rooms.joined(session, request.room);
    const { lane = 'chat', before, limit = defaultPage } = request;
    const { msgs, more } = await session.limitReads(() => this.#bus.streams.history(room, lane, before, limit));
    const space = spaceBeside({ msgs: [], more }, this.#frameBytes);
    // Keeps the newest messages that fit: the viewer can request older ones with the offset of the first. At least one message is sent.
    const newest = msgs.slice(
      -Math.max(
        1,
        fitting(msgs.toReversed(), (text) => Buffer.byteLength(text), space),
      ),
    );
    return { reply: { msgs: newest.map((text) => parseJson(text) as Msg), more: more || newest.length < msgs.length } };
  }

  async members(session: Session, request: MembersRequest): Promise<Answer<MembersReply>> {
    const room = this.#parts.rooms.joined(session, request.room);
    const audience = await this.#parts.presence.audience(room, session.viewer);
    const page = pageOf(audience, request.cursor, request.limit ?? defaultPage);
    const space = spaceBeside({ ...page, members: [], cursor: longestCursor }, this.#frameBytes);
    const count = fitting(page.members, (member) => Buffer.byteLength(toJson(member)), space);
    return { reply: count >= page.members.length ? page : pageOf(audience, request.cursor, Math.max(1, count)) };
  }

  async receipt(session: Session, { room, ids }: ReceiptRequest): Promise<Answer<object>> {
    const { rooms, receipts, personal } = this.#parts;
    receipts.answered(session, room === personalRoom ? personal.roomOf(session) : rooms.joined(session, room), ids);
    return { reply: {} };
  }
}
