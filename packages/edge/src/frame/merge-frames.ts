// Merges frames of a room into one, in lane order and without parsing messages. An edge that falls behind writes all frames received
// meanwhile in one write, so the cost per message drops as the load grows.
import type { BusFrame } from '@danmux/bus';
import { byLane, type Lane, laneNames, type StreamLane } from '@danmux/protocol';

/** Merges frames of one room and epoch, given in order of arrival. */
export function mergeFrames(frames: readonly BusFrame[]): BusFrame {
  const [first, ...others] = frames;
  if (!first) throw new Error('mergeFrames needs at least one frame');
  if (others.length === 0) return first;
  const { room, epoch } = first.head;
  const texts = byLane((): string[] => []);
  const ranges: Partial<Record<StreamLane, readonly [number, number]>> = {};
  const counts: Partial<Record<Lane, number>> = {};
  const shed: Partial<Record<Lane, number>> = {};
  for (const { head, payload } of frames) {
    for (const [lane, text] of laneTexts(head, payload)) texts[lane].push(text);
    for (const [lane, [from, to]] of Object.entries(head.ranges) as [StreamLane, readonly [number, number]][]) ranges[lane] = [ranges[lane]?.[0] ?? from, to];
    add(counts, head.counts);
    add(shed, head.shed ?? {});
  }
  const joined = laneNames.filter((lane) => texts[lane].length > 0).map((lane) => [lane, texts[lane].join(',')] as const);
  const characters = Object.fromEntries(joined.map(([lane, text]) => [lane, text.length]));
  return {
    head: { room, epoch, ranges, counts, characters, shed, traces: frames.flatMap(({ head }) => head.traces) },
    payload: `${opening(room)}${joined.map(([, text]) => text).join(',')}]}`,
  };
}

function opening(room: string): string {
  return `{"room":${JSON.stringify(room)},"msgs":[`;
}

function laneTexts({ room, characters }: BusFrame['head'], payload: string): [Lane, string][] {
  let at = opening(room).length;
  return laneNames.flatMap((lane): [Lane, string][] => {
    const length = characters[lane] ?? 0;
    if (length === 0) return [];
    const text = payload.slice(at, at + length);
    at += length + 1;
    return [[lane, text]];
  });
}

function add(sum: Partial<Record<Lane, number>>, more: Partial<Record<Lane, number>>): void {
  for (const [lane, count] of Object.entries(more) as [Lane, number][]) sum[lane] = (sum[lane] ?? 0) + count;
}
