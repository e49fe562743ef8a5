// Handles the viewer events that change no membership: `history`, `members` and `receipt`.
import { type Bus, pageOf, personalRoom } from '@danmux/bus';
import type { HistoryReply, HistoryRequest, MembersReply, MembersRequest, Msg, ReceiptRequest } from '@danmux/protocol';
import { parseJson } from '@danmux/runtime';
import type { DeliveryReceipts } from '../fan-out/delivery-receipts.ts';
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

export class Read {
  readonly #bus: Bus;
  readonly #parts: ReadParts;

  constructor(bus: Bus, parts: ReadParts) {
    this.#bus = bus;
    this.#parts = parts;
  }

  async history(session: Session, request: HistoryRequest): Promise<Answer<HistoryReply>> {
    const room = this.#parts.rooms.joined(session, request.room);
    const { lane = 'chat', before, limit = defaultPage } = request;
    const { msgs, more } = await session.limitReads(() => this.#bus.streams.history(room, lane, before, limit));
    return { reply: { msgs: msgs.map((text) => parseJson(text) as Msg), more } };
  }

  async members(session: Session, request: MembersRequest): Promise<Answer<MembersReply>> {
    const room = this.#parts.rooms.joined(session, request.room);
    const audience = await this.#parts.presence.audience(room, session.viewer);
    return { reply: pageOf(audience, request.cursor, request.limit ?? defaultPage) };
  }

  async receipt(session: Session, { room, ids }: ReceiptRequest): Promise<Answer<object>> {
    const { rooms, receipts, personal } = this.#parts;
    receipts.answered(session, room === personalRoom ? personal.roomOf(session) : rooms.joined(session, room), ids);
    return { reply: {} };
  }
}
