// An event encoded once for many viewers: as socket.io packets, and as WebSocket frames, plain and deflated. Writing it to one more session
// costs only the write.
import { constants, deflateRawSync } from 'node:zlib';
import { type Gap, type Lane, lanes, type ServerEvents } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';
import * as ws from 'ws';
import { eventPacket, framePackets } from '../frame/event-packet.ts';
import { payloadWithoutRecalled, type Recalled } from '../frame/recalls.ts';

/** Messages per lane. */
export type LaneCounts = Partial<Record<Lane, number>>;

export interface EncodedFrameOptions {
  readonly room?: string;
  /** Messages per lane, for the ledger; absent for events without messages. */
  readonly counts?: LaneCounts;
  /** Gaps that the packets report; reported again if this frame is shed. */
  readonly gaps?: readonly Gap[];
  /** True: queued for a slow viewer until the outbox overflows. False: shed when the viewer is slow. */
  readonly urgent?: boolean;
  /** Maximum bytes of a packet with several messages, for packets that `without` rebuilds. The constructor does not split its packets. */
  readonly maxBytes?: number;
  /** False: written uncompressed to every viewer. */
  readonly compress?: boolean;
}

interface FrameOptions {
  readonly readOnly: boolean;
  readonly mask: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly fin: boolean;
}
// ws exports its frame writer, but its types omit it.
const { frame: encodeWsFrame } = (ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } }).Sender;

/** Smaller packets, in bytes, are not compressed: the gain is too small. */
const deflateFrom = 512;
/** Length in bytes of the end of a flushed block, which permessage-deflate omits (RFC 7692, 7.2.1). */
const flushedTail = 4;

export class EncodedFrame {
  /** socket.io packets, as text: `2["frame",{…}]`. */
  readonly packets: readonly string[];
  readonly room: string;
  readonly counts: LaneCounts | null;
  readonly gaps: readonly Gap[];
  readonly urgent: boolean;
  readonly #maxBytes: number;
  readonly #compress: boolean;
  #bytes: number | undefined;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;
  #without: { readonly recalled: Recalled; readonly encoded: EncodedFrame } | undefined;

  constructor(
    packets: readonly string[],
    { room = '', counts, gaps = [], urgent = true, maxBytes = Number.POSITIVE_INFINITY, compress = true }: EncodedFrameOptions = {},
  ) {
    this.packets = packets;
    this.room = room;
    this.counts = counts ?? null;
    this.gaps = gaps;
    this.urgent = urgent;
    this.#maxBytes = maxBytes;
    this.#compress = compress;
  }

  /** This frame with recalled messages replaced by tombstones, or this frame when it contains none. Cached for the last set. */
  without(recalled: Recalled): EncodedFrame {
    // Many sessions share this frame, so the result is cached and shared too.
    if (this.#without?.recalled !== recalled) this.#without = { recalled, encoded: this.#makeWithout(recalled) };
    return this.#without.encoded;
  }

  #makeWithout(recalled: Recalled): EncodedFrame {
    const packets = this.packets.flatMap((packet) => packetsWithout(packet, recalled, this.#maxBytes));
    if (packets.every((packet, index) => packet === this.packets[index])) return this;
    const { room, gaps, urgent } = this;
    return new EncodedFrame(packets, {
      ...{ room, gaps, urgent, maxBytes: this.#maxBytes, compress: this.#compress },
      ...(this.counts ? { counts: this.counts } : {}),
    });
  }

  /** Uncompressed bytes of the packets; outboxes and the ledger count these. */
  get bytes(): number {
    this.#bytes ??= this.packets.reduce((sum, packet) => sum + Buffer.byteLength(packet), 0);
    return this.#bytes;
  }

  /** Uncompressed WebSocket frames. */
  get plain(): Buffer {
    this.#plain ??= Buffer.concat(this.packets.flatMap((packet) => wsFrame(payloadOf(packet), false)));
    return this.#plain;
  }

  /** Frames for viewers that negotiated permessage-deflate without context takeover: no frame depends on earlier ones, so all viewers share them. */
  get deflated(): Buffer {
    if (!this.#compress) return this.plain;
    this.#deflated ??= Buffer.concat(
      this.packets.flatMap((packet) => {
        const data = payloadOf(packet);
        return data.length < deflateFrom ? wsFrame(data, false) : wsFrame(deflate(data), true);
      }),
    );
    return this.#deflated;
  }
}

const frameOpening = eventPacket('frame', '').slice(0, -1);

/** A tombstone may be longer than its message, so the result may be several packets. */
function packetsWithout(packet: string, recalled: Recalled, maxBytes: number): string[] {
  if (!packet.startsWith(frameOpening)) return [packet];
  const payload = packet.slice(frameOpening.length, -1);
  const shown = payloadWithoutRecalled(payload, recalled);
  return shown === payload ? [packet] : framePackets(shown, maxBytes);
}

export function encodeEvent<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0], options?: EncodedFrameOptions): EncodedFrame {
  return new EncodedFrame([eventPacket(event, toJson(payload))], options);
}

/** Encodes a gap with its lane's urgency, so that it keeps its place in the order of the lane's messages. */
export function encodeGap(gap: Gap): EncodedFrame {
  return encodeEvent('gap', gap, { room: gap.room, gaps: [gap], urgent: lanes[gap.lane].guaranteed });
}

/** Prefixes the engine.io packet type: 4, a message. */
function payloadOf(packet: string): Buffer {
  return Buffer.from(`4${packet}`);
}

function wsFrame(data: Buffer, rsv1: boolean): Buffer[] {
  return encodeWsFrame(data, { readOnly: true, mask: false, rsv1, opcode: 1, fin: true });
}

function deflate(data: Buffer): Buffer {
  const flushed = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, flushed.length - flushedTail);
}
