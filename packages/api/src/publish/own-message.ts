// Messages that danmux itself sends to a room: of the reserved types, on the control lane, once however often they are sent.
import { acceptPublication, type Marks } from '@danmux/bus';
import { Publisher } from '@danmux/cluster';
import { limits, messageTypes } from '@danmux/protocol';
import type { Services } from '../services.ts';

export interface OwnMessage {
  readonly room: string;
  readonly type: 'recall' | 'room_state';
  readonly data: unknown;
  /** The same one twice is one message. */
  readonly id: string;
  readonly trace: string;
  readonly marks?: Marks;
}

/** Resolves when it is stored; rejects with what refused it. */
export async function sendOwn({ bus, runtime }: Services, message: OwnMessage): Promise<void> {
  const publication = acceptPublication(message, { types: messageTypes, maxData: limits.backendData, now: runtime.clock.now() });
  await new Publisher(runtime, bus, 'api').publishOne(publication);
}
