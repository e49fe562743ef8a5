// The messages of a join that did not fit into its reply. They follow as frames of at most `edge.frame_bytes` bytes. Each frame is encoded only when
// it can be written, so megabytes of missed messages are not queued and a viewer on a slow network is not disconnected as slow.
import type { Msg } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';
import { eventPacket } from '../frame/event-packet.ts';
import { bytesOf, fitting } from '../frame/fitting.ts';
import { type Recalled, shownMsg } from '../frame/recalls.ts';
import { EncodedFrame } from './encoded-frame.ts';

export class Backlog {
  readonly room: string;
  readonly #maxBytes: number;
  readonly #sent: () => void;
  #msgs: readonly Msg[];
  #next = 0;

  /** `sent` is called after the last frame is written. */
  constructor(room: string, msgs: readonly Msg[], maxBytes: number, sent: () => void) {
    this.room = room;
    this.#msgs = msgs;
    this.#maxBytes = maxBytes;
    this.#sent = sent;
  }

  /** Encodes the next frame; the ledger does not count its messages, as it does not count those of a join reply. */
  next(): EncodedFrame {
    const opening = `{"room":${JSON.stringify(this.room)},"msgs":[`;
    const space = this.#maxBytes - eventPacket('frame', opening).length - 3;
    const left = this.#msgs.slice(this.#next);
    const msgs = left.slice(0, Math.max(1, fitting(left, bytesOf, space)));
    this.#next += msgs.length;
    // Not compressed: this frame has one viewer, and after an outage thousands of viewers each get their own.
    return new EncodedFrame([eventPacket('frame', `${opening}${msgs.map(toJson).join(',')}]}`)], { room: this.room, compress: false });
  }

  get empty(): boolean {
    return this.#next >= this.#msgs.length;
  }

  /** Call after the last frame is written; calls `sent`. */
  end(): void {
    this.#sent();
  }

  /** Replaces recalled messages that are not yet written with tombstones. */
  recall(recalled: Recalled): void {
    this.#msgs = this.#msgs.map((msg) => shownMsg(msg, recalled));
  }
}
