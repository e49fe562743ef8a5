// What is written to many viewers, encoded once: socket.io packets as text, and as WebSocket frames, plain and deflated. Writing
// it to a session costs the write and nothing more. The one file that knows how socket.io frames an event.
import { constants, deflateRawSync } from 'node:zlib';
import { type Gap, type Lane, lanes, type ServerEvents } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';
import * as ws from 'ws';
import { payloadWithoutRecalled } from '../frame/recalls.ts';

/** Messages per lane. */
export type LaneCounts = Partial<Record<Lane, number>>;

export interface EncodedFrameOptions {
  readonly room?: string;
  /** The messages in it, for the ledger; absent for events that are no messages. */
  readonly counts?: LaneCounts;
  /** What its packets tell of messages that are not in it. */
  readonly gaps?: readonly Gap[];
  /** Kept for a slow viewer until the outbox is full; what is not is shed. */
  readonly urgent?: boolean;
}

interface FrameOptions {
  readonly readOnly: boolean;
  readonly mask: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly fin: boolean;
}
// ws exports its frame writer, and its types leave it out.
const { frame: encodeWsFrame } = (ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } }).Sender;

/** Bytes under which compression gains too little. */
const deflateFrom = 512;
/** The end of a flushed block, which permessage-deflate leaves out (RFC 7692, 7.2.1). */
const flushedTail = 4;

export class EncodedFrame {
  /** socket.io packets, as text: `2["frame",{…}]`. */
  readonly packets: readonly string[];
  readonly room: string;
  readonly counts: LaneCounts | null;
  readonly gaps: readonly Gap[];
  readonly urgent: boolean;
  #bytes: number | undefined;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;
  #without: { readonly recalled: ReadonlySet<string>; readonly encoded: EncodedFrame } | undefined;

  constructor(packets: readonly string[], { room = '', counts, gaps = [], urgent = true }: EncodedFrameOptions = {}) {
    this.packets = packets;
    this.room = room;
    this.counts = counts ?? null;
    this.gaps = gaps;
    this.urgent = urgent;
  }

  /** The same without what was taken back; itself when it holds none of it. For the same set again it is the same one. */
  without(recalled: ReadonlySet<string>): EncodedFrame {
    // Many sessions may hold this one.
    if (this.#without?.recalled !== recalled) this.#without = { recalled, encoded: this.#makeWithout(recalled) };
    return this.#without.encoded;
  }

  #makeWithout(recalled: ReadonlySet<string>): EncodedFrame {
    const packets = this.packets.map((packet) => packetWithout(packet, recalled));
    if (packets.every((packet, index) => packet === this.packets[index])) return this;
    return new EncodedFrame(packets, { room: this.room, gaps: this.gaps, urgent: this.urgent, ...(this.counts ? { counts: this.counts } : {}) });
  }

  /** Of the packets, uncompressed; what an outbox and the ledger go by. */
  get bytes(): number {
    this.#bytes ??= this.packets.reduce((sum, packet) => sum + Buffer.byteLength(packet), 0);
    return this.#bytes;
  }

  /** Uncompressed WebSocket frames. */
  get plain(): Buffer {
    this.#plain ??= Buffer.concat(this.packets.flatMap((packet) => wsFrame(payloadOf(packet), false)));
    return this.#plain;
  }

  /** For a viewer that negotiated permessage-deflate without context takeover: every message stands alone, so one serves all. */
  get deflated(): Buffer {
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

function packetWithout(packet: string, recalled: ReadonlySet<string>): string {
  if (!packet.startsWith(frameOpening)) return packet;
  const payload = packet.slice(frameOpening.length, -1);
  const shown = payloadWithoutRecalled(payload, recalled);
  return shown === payload ? packet : eventPacket('frame', shown);
}

/** An event whose payload is JSON already. */
export function eventPacket(event: keyof ServerEvents, payload: string): string {
  return `2["${event}",${payload}]`;
}

export function encodeEvent<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0], options?: EncodedFrameOptions): EncodedFrame {
  return new EncodedFrame([eventPacket(event, toJson(payload))], options);
}

/** It goes after what waits of its lane: what it says holds of what follows. */
export function encodeGap(gap: Gap): EncodedFrame {
  return encodeEvent('gap', gap, { room: gap.room, gaps: [gap], urgent: lanes[gap.lane].guaranteed });
}

/** engine.io puts its own packet type, 4 for a message, in front. */
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
