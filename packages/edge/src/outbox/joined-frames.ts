// Joins queued frames of one room into one frame for a viewer on a transport that limits packets per write (long-polling); otherwise a
// viewer of many rooms would fall behind. Joins only frames of the same lane, so lane order is kept.
import { eventPacket } from '../frame/event-packet.ts';
import { EncodedFrame } from './encoded-frame.ts';

/** Cap of the queued frames that are searched for joinable ones; it bounds the work of one write. */
const lookAhead = 256;

const closing = ']}]';

/** Removes the first frame from a non-empty queue and the later ones that can be joined with it to at most `maxBytes` bytes, in order. */
export function takeJoinable(queue: EncodedFrame[], maxBytes: number): EncodedFrame[] {
  const [first] = queue;
  if (!first) return [];
  const taken = [first];
  const left: EncodedFrame[] = [];
  let bytes = first.bytes;
  const ahead = queue.slice(1, lookAhead);
  for (const [index, other] of ahead.entries()) {
    const ofRoom = other.room === first.room;
    // An event without a room may concern the frames behind it, so no frame may overtake it.
    const ends = other.room === '' || (ofRoom && (!joinable(first, other) || bytes + other.bytes > maxBytes));
    if (ends) {
      left.push(...ahead.slice(index));
      break;
    }
    if (ofRoom) bytes += other.bytes;
    (ofRoom ? taken : left).push(other);
  }
  queue.splice(0, 1 + ahead.length, ...left);
  return taken;
}

/** Joins the frames returned by `takeJoinable`. */
export function joined(frames: readonly EncodedFrame[]): EncodedFrame {
  const [first] = frames;
  if (!first || frames.length === 1) return first ?? new EncodedFrame([]);
  const opening = openingOf(first.room);
  const msgs = frames.map(({ packets: [packet = ''] }) => packet.slice(opening.length, -closing.length));
  return new EncodedFrame([`${opening}${msgs.join(',')}${closing}`], { room: first.room, urgent: first.urgent });
}

function joinable(first: EncodedFrame, other: EncodedFrame): boolean {
  const lane = onlyLane(first);
  return lane !== undefined && lane === onlyLane(other) && isFrame(first) && isFrame(other);
}

function onlyLane({ counts }: EncodedFrame): string | undefined {
  const names = Object.keys(counts ?? {});
  return names.length === 1 ? names[0] : undefined;
}

function isFrame({ packets, room }: EncodedFrame): boolean {
  const [packet = ''] = packets;
  return packets.length === 1 && packet.startsWith(openingOf(room)) && packet.endsWith(closing);
}

function openingOf(room: string): string {
  return eventPacket('frame', `{"room":${JSON.stringify(room)},"msgs":[`).slice(0, -1);
}
