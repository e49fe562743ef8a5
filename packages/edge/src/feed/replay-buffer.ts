// Caches the last messages of one room on the edge, so that a crowd that reconnects is served from memory instead of Redis. Frames are stored
// as received and parsed on demand; older messages are read from Redis once, when needed, and added with `setBase`.
import { type BusFrame, partsOf } from '@danmux/bus';
import { type Msg, type StreamLane, streamLanes } from '@danmux/protocol';
import { parseJson } from '@danmux/runtime';
import { messageTexts } from '../frame/message-texts.ts';
import { type Recalled, shownMsg, withoutRecalled } from '../frame/recalls.ts';
import { type Passed, passedKey } from './passed-ids.ts';
import type { AddressedMsg } from './replayed-frame.ts';

interface Kept {
  readonly at: number;
  readonly frame: BusFrame;
  parsed?: readonly Msg[];
}

/** Messages of a lane read from Redis, in order, and the offset of the first. */
interface Base {
  readonly at: number;
  readonly first: number;
  readonly msgs: readonly Msg[];
}

/** Caps per room: frames, characters, and age in milliseconds (the longest absence served from these frames). */
const maxFrames = 3_000;
const maxCharacters = 8_000_000;
const maxAgeMs = 150_000;
/** Trims only when a cap is exceeded by a quarter, so that not every push trims. */
const slack = 1.25;

export class ReplayBuffer {
  #frames: Kept[] = [];
  #characters = 0;
  #base: Partial<Record<StreamLane, Base>> = {};

  /** Adds the next frame of the room; the caller has closed any gap before it. */
  push(frame: BusFrame, now: number): void {
    // A frame without stream messages (counters only) is not needed for recovery.
    if (Object.keys(frame.head.ranges).length === 0) return;
    this.#frames.push({ at: now, frame });
    this.#characters += frame.payload.length;
    if (this.#frames.length > maxFrames * slack || this.#characters > maxCharacters * slack) this.#trim();
  }

  #trim(): void {
    let drop = 0;
    while (this.#frames.length - drop > maxFrames || this.#characters > maxCharacters) {
      this.#characters -= this.#frames[drop++]?.frame.payload.length ?? 0;
    }
    this.#frames = this.#frames.slice(drop);
  }

  /** Drops frames past the age limit. */
  expire(now: number): void {
    const young = this.#frames.findIndex(({ at }) => at > now - maxAgeMs);
    if (young !== 0) {
      this.#frames = young < 0 ? [] : this.#frames.slice(young);
      this.#characters = this.#frames.reduce((sum, { frame }) => sum + frame.payload.length, 0);
    }
    for (const lane of streamLanes) if ((this.#base[lane]?.at ?? now) < now - maxAgeMs) delete this.#base[lane];
  }

  /** Replaces recalled messages with tombstones. */
  recall(recalled: Recalled): void {
    this.#frames = this.#frames.map((kept) => {
      const frame = withoutRecalled(kept.frame, recalled);
      this.#characters += frame.payload.length - kept.frame.payload.length;
      return frame === kept.frame ? kept : { at: kept.at, frame };
    });
    for (const lane of streamLanes) {
      const base = this.#base[lane];
      if (base) this.#base[lane] = { ...base, msgs: base.msgs.map((msg) => shownMsg(msg, recalled)) };
    }
  }

  /** The messages of all frames as entries for PassedIds, each remembered until the frame would have expired. */
  ids(): (readonly [key: string, passed: Passed])[] {
    return this.#frames.flatMap(({ at, frame }) =>
      keysIn(frame).map(([key, offset]) => [key, { epoch: frame.head.epoch, offset, at, until: at + maxAgeMs }] as const),
    );
  }

  /** Drops everything, because later frames do not connect to the earlier ones. */
  clear(): void {
    this.#frames = [];
    this.#characters = 0;
    this.#base = {};
  }

  /** The messages with `after < offset <= upTo`, or null when some are not in the buffer. */
  since(lane: StreamLane, after: number, upTo: number): readonly Msg[] | null {
    if (after >= upTo) return [];
    const first = this.firstOffset(lane) ?? upTo + 1;
    const older = after + 1 >= first ? [] : this.#fromBase(lane, after + 1, Math.min(upTo, first - 1));
    if (!older) return null;
    const newer = this.#frames.flatMap((kept) => (overlaps(kept.frame, lane, after) ? parsedOf(kept) : []));
    return [...older, ...newer.filter((msg) => msg.lane === lane && (msg.offset ?? 0) > after && (msg.offset ?? 0) <= upTo)];
  }

  /** The unparsed frames with the lane's messages `after < offset <= upTo`; null when some of the messages are in no frame. */
  frames(lane: StreamLane, after: number, upTo: number): readonly BusFrame[] | null {
    if (after >= upTo) return [];
    if ((this.firstOffset(lane) ?? upTo + 1) > after + 1) return null;
    return this.#frames.filter(({ frame }) => overlaps(frame, lane, after)).map(({ frame }) => frame);
  }

  /** The last messages up to offset `head`, at most `limit`; fewer when the buffer has fewer. */
  newest(lane: StreamLane, head: number, limit: number): readonly Msg[] {
    const first = Math.max(head - limit + 1, this.#base[lane]?.first ?? this.firstOffset(lane) ?? head + 1);
    return this.since(lane, first - 1, head) ?? [];
  }

  /** The lowest offset of the lane in the frames; undefined when no frame has messages of the lane. */
  firstOffset(lane: StreamLane): number | undefined {
    return this.#frames.find(({ frame }) => frame.head.ranges[lane])?.frame.head.ranges[lane]?.[0];
  }

  /** Adds messages from Redis that are older than the cached frames; `last` is the offset of the newest of them. */
  setBase(lane: StreamLane, last: number, msgs: readonly Msg[], now: number): void {
    this.#base[lane] = { at: now, first: last - msgs.length + 1, msgs };
  }

  /** True when the messages before the cached frames were read from Redis. A message that the buffer does not have is then missing in Redis too. */
  isWarm(lane: StreamLane, head: number): boolean {
    const base = this.#base[lane];
    return base !== undefined && base.first + base.msgs.length >= (this.firstOffset(lane) ?? head + 1);
  }

  #fromBase(lane: StreamLane, from: number, to: number): readonly Msg[] | null {
    const base = this.#base[lane];
    if (!base || from < base.first || to > base.first + base.msgs.length - 1) return null;
    return base.msgs.slice(from - base.first, to - base.first + 1);
  }

  /** Number of cached frames plus the number of messages read from Redis. */
  get size(): number {
    const bases = streamLanes.reduce((sum, lane) => sum + (this.#base[lane]?.msgs.length ?? 0), 0);
    return this.#frames.length + bases;
  }
}

function overlaps({ head }: BusFrame, lane: StreamLane, after: number): boolean {
  return (head.ranges[lane]?.[1] ?? 0) > after;
}

/**
 * Matches the lane, offset and id at the start of each stream message. It cannot match inside a string, because the quotes there are escaped.
 * Parsing the whole payload would block the event loop too long.
 */
const opening = /\{"lane":"[a-z]+","offset":(\d+),"id":("(?:[^"\\]|\\.)*")/g;

function keysIn({ head, payload }: BusFrame): [key: string, offset: number][] {
  const one = (text: string): [string, number][] => {
    const { id, to, offset = 0 } = JSON.parse(text) as AddressedMsg;
    return [[passedKey({ id, ...(to === undefined ? {} : { to }) }), offset], ...partsOf(text).map((part): [string, number] => [part.id, offset])];
  };
  if (head.to || payload.includes('"parts":[')) return messageTexts(payload).flatMap(one);
  return [...payload.matchAll(opening)].map(([, offset, id]) => [JSON.parse(id ?? '""') as string, Number(offset)]);
}

function parsedOf(kept: Kept): readonly Msg[] {
  kept.parsed ??= (parseJson(kept.frame.payload) as { msgs: Msg[] }).msgs;
  return kept.parsed;
}
