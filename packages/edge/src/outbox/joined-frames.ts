// Frames of one room that wait for the same viewer, as one frame: where only so many packets go at once, a viewer of many rooms would
// else fall behind. Only frames of one and the same lane are joined, so that a frame stays in lane order and nothing is overtaken.
import { EncodedFrame, eventPacket } from './encoded-frame.ts';

/** Of a joined frame, and how far it is looked for others: both bound the work of one write. */
const mostBytes = 262_144;
const lookAhead = 256;

const closing = ']}]';

/** Takes the first out of the queue, and what can go in one frame with it: at least one, in order. */
export function takeJoinable(queue: EncodedFrame[]): EncodedFrame[] {
  const [first] = queue;
  if (!first) return [];
  const taken = [first];
  const left: EncodedFrame[] = [];
  let bytes = first.bytes;
  const ahead = queue.slice(1, lookAhead);
  for (const [index, other] of ahead.entries()) {
    const ofRoom = other.room === first.room;
    // What is no frame may say something of those behind it.
    const ends = other.room === '' || (ofRoom && (!joinable(first, other) || bytes + other.bytes > mostBytes));
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

/** The frames as one; they came from `takeJoinable`. */
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
