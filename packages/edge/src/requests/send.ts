// Handles the viewer event `send`: SendGuard judges the message; it is then published, or shown to its sender alone.
import type { Publisher } from '@danmux/cluster';
import { DanmuxError, type SendReply, type SendRequest } from '@danmux/protocol';
import { checkJson } from '@danmux/runtime';
import type { HiddenMessages } from '../moderation/hidden-messages.ts';
import type { SendGuard } from '../moderation/send-guard.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Session } from '../session/session.ts';
import type { Answer } from './handlers.ts';

export interface SendParts {
  readonly rooms: Pick<Rooms, 'joined'>;
  readonly guard: SendGuard;
  readonly hidden: HiddenMessages;
  readonly publisher: Pick<Publisher, 'publishOne'>;
}

export class Send {
  readonly #parts: SendParts;

  constructor(parts: SendParts) {
    this.#parts = parts;
  }

  async send(session: Session, request: SendRequest): Promise<Answer<SendReply>> {
    const { rooms, guard, hidden, publisher } = this.#parts;
    const room = rooms.joined(session, request.room);
    checkJson(request.data, 'send: data');
    const { publication, verdict } = await guard.judge(session, request);
    // While the message was judged, the viewer may have left the room, or a renewed token may have removed its right to send.
    rooms.joined(session, room);
    const { viewer } = session;
    if (!viewer.sends) throw new DanmuxError('read_only');
    if (verdict.action !== 'pass') return { reply: await hidden.accept(viewer, publication, request.type, verdict) };
    const { id } = await publisher.publishOne(publication);
    return { reply: { id } };
  }
}
