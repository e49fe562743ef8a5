// Publishes messages that danmux itself sends to a room: reserved types, on the control lane. Does not notify webhooks; the route does.
import { acceptPublication, type Marks } from '@danmux/bus';
import { Publisher } from '@danmux/cluster';
import { limits, messageTypes } from '@danmux/protocol';
import type { Services } from '../services.ts';

export interface SystemMessage {
  readonly room: string;
  readonly type: 'recall' | 'room_state';
  readonly data: unknown;
  /** A second message with the same id in the room is not stored. */
  readonly id?: string;
  readonly trace: string;
  readonly marks?: Marks;
  /** Acceptance time, milliseconds since 1970; default: now. */
  readonly at?: number;
}

/** Resolves when the message is stored. Rejects when the store or the lane refuses it. */
export async function publishSystemMessage({ bus, runtime }: Services, message: SystemMessage): Promise<void> {
  const { at: now = runtime.clock.now() } = message;
  const publication = acceptPublication(message, { types: messageTypes, maxData: limits.backendData, now });
  await new Publisher(runtime, bus, 'api').publishOne(publication);
}
