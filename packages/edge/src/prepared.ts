// What is written to many viewers, encoded once: socket.io packets as text, and as WebSocket frames, plain and deflated. Writing
// it to a session costs the write and nothing more. The one file that knows how socket.io frames an event.
import { constants, deflateRawSync } from 'node:zlib';
import type { Gap, Lane, ServerEvents } from '@danmux/protocol';
import * as ws from 'ws';

/** Messages per lane. */
export type LaneCounts = Partial<Record<Lane, number>>;

export interface PreparedOptions {
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

export class Prepared {
  /** socket.io packets, as text: `2["frame",{…}]`. */
  readonly packets: readonly string[];
  readonly room: string;
  readonly counts: LaneCounts | null;
  readonly gaps: readonly Gap[];
  readonly urgent: boolean;
  #bytes: number | undefined;
  #plain: Buffer | undefined;
  #deflated: Buffer | undefined;

  constructor(packets: readonly string[], { room = '', counts, gaps = [], urgent = true }: PreparedOptions = {}) {
    this.packets = packets;
    this.room = room;
    this.counts = counts ?? null;
    this.gaps = gaps;
    this.urgent = urgent;
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

/** An event whose payload is JSON already. */
export function eventPacket(event: keyof ServerEvents, payload: string): string {
  return `2["${event}",${payload}]`;
}

export function prepare<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0], options?: PreparedOptions): Prepared {
  return new Prepared([eventPacket(event, JSON.stringify(payload))], options);
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
