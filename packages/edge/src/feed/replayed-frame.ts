// Builds a frame from messages read from Redis, to replace lost frames. The fields that a relay writes into a frame's head are derived from
// the messages again.
import { type BusFrame, type FrameHead, isUserRoom } from '@danmux/bus';
import { type Lane, type Msg, messageTypes, type StreamLane } from '@danmux/protocol';

/** A message as stored in history; `to` is the recipient of a personal message. */
export interface AddressedMsg extends Msg {
  readonly to?: string;
}

/** `texts` are consecutive messages of the lane as JSON; the last one has the offset `last`. */
export function replayedFrame(room: string, epoch: string, lane: StreamLane, last: number, texts: readonly string[]): BusFrame {
  const text = texts.join(',');
  return {
    head: {
      ...{
        room,
        epoch,
        ranges: { [lane]: [last - texts.length + 1, last] },
        counts: { [lane]: texts.length },
        characters: { [lane]: text.length },
        traces: [],
      },
      ...marksOf(room, lane, texts),
    },
    payload: `{"room":${JSON.stringify(room)},"msgs":[${text}]}`,
  };
}

/** The frame without its messages, which were read from history: only shed counts and sender-only messages, which history does not contain. */
export function withoutMessages({ room, epoch, shed = {}, senderOnly = [] }: FrameHead): BusFrame {
  return { head: { room, epoch, ranges: {}, counts: {}, characters: {}, traces: [], shed, senderOnly }, payload: `{"room":${JSON.stringify(room)},"msgs":[]}` };
}

/** Cap of sender-only messages in a frame of `unstored`; the newest are kept. */
const senderOnlyKept = 500;

/** Shed counts and sender-only messages of these frames, in one frame for each epoch: all that history does not contain of the frames but ambient messages. */
export function unstored(frames: readonly BusFrame[]): BusFrame[] {
  return [...new Set(frames.map(({ head }) => head.epoch))].flatMap((epoch) => {
    const ofEpoch = frames.filter(({ head }) => head.epoch === epoch);
    const shed: Partial<Record<Lane, number>> = {};
    for (const { head } of ofEpoch) for (const [lane, count] of Object.entries(head.shed ?? {}) as [Lane, number][]) shed[lane] = (shed[lane] ?? 0) + count;
    const senderOnly = ofEpoch.flatMap(({ head }) => head.senderOnly ?? []).slice(-senderOnlyKept);
    const [first] = ofEpoch;
    return first && (Object.keys(shed).length > 0 || senderOnly.length > 0) ? [withoutMessages({ ...first.head, shed, senderOnly })] : [];
  });
}

function marksOf(room: string, lane: StreamLane, texts: readonly string[]): Pick<FrameHead, 'receipts' | 'recalls' | 'to'> {
  const receipts = texts.filter((text) => text.includes('"receipt":true')).flatMap((text) => receiptOf(JSON.parse(text) as Msg));
  const recalls =
    lane === messageTypes.recall.lane ? texts.filter((text) => text.includes('"type":"recall"')).flatMap((text) => recallOf(JSON.parse(text) as Msg)) : [];
  return {
    ...(receipts.length > 0 ? { receipts } : {}),
    ...(recalls.length > 0 ? { recalls } : {}),
    ...(isUserRoom(room) ? { to: texts.map((text) => (JSON.parse(text) as AddressedMsg).to ?? '') } : {}),
  };
}

function receiptOf({ id, receipt }: Msg): string[] {
  return receipt === true ? [id] : [];
}

function recallOf({ type, data }: Msg): string[] {
  const id = type === 'recall' && typeof data === 'object' && data !== null ? (data as { id?: unknown }).id : undefined;
  return typeof id === 'string' ? [id] : [];
}
