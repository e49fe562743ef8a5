// Delivers a room's messages to the application: each once, without recalled ones; chat that arrives on a hidden page is delivered when the page is
// visible. System messages (recalls, room modes) become events. Messages that request a receipt are acknowledged.
import type { Msg, RoomModes } from '@danmux/protocol';
import { withoutParts } from './combo-parts.ts';
import { HiddenChat } from './hidden-chat.ts';
import { ReceiptAnswers } from './receipt-answers.ts';
import { RecentIds } from './recent-ids.ts';
import type { RoomEvents } from './room-events.ts';
import { isTombstone } from './tombstone.ts';

const rememberedIds = 2_000;

export type EmitRoomEvent = <E extends keyof RoomEvents>(event: E, payload: RoomEvents[E]) => void;

export class Inbox {
  readonly #room: string;
  readonly #emit: EmitRoomEvent;
  readonly #seen = new RecentIds(rememberedIds);
  readonly #recalls = new RecentIds(rememberedIds);
  readonly #hiddenChat = new HiddenChat();
  readonly receipts: ReceiptAnswers;
  #hidden = false;
  #modes: RoomModes = {};

  constructor(room: string, emit: EmitRoomEvent, answer: (ids: string[]) => Promise<unknown>) {
    this.#room = room;
    this.#emit = emit;
    this.receipts = new ReceiptAnswers(answer);
  }

  get modes(): RoomModes {
    return this.#modes;
  }

  /** Sets the room's modes and emits `modes`, even when the modes are unchanged. */
  setModes(modes: RoomModes): void {
    this.#modes = modes;
    this.#emit('modes', modes);
  }

  /** From now on chat is buffered until `show`. */
  hide(): void {
    this.#hidden = true;
  }

  /** Delivers the buffered chat; if messages were dropped, emits `gap` first. */
  show(): void {
    this.#hidden = false;
    const { msgs, dropped } = this.#hiddenChat.release();
    if (dropped > 0) this.#emit('gap', { room: this.#room, lane: 'chat', count: dropped, reason: 'hidden' });
    for (const msg of msgs) this.#deliver(msg);
  }

  receive(msg: Msg): void {
    if (isTombstone(msg)) {
      this.#recall(msg.id, this.#seen.has(msg.id));
      return;
    }
    if (!this.#seen.add(msg.id) || this.#handleSystem(msg)) return;
    const visible = this.withoutRecalled(msg);
    if (!visible) return;
    if (this.#hidden && msg.lane === 'chat') this.#hiddenChat.add(visible);
    else this.#deliver(visible);
  }

  /** Returns the message without its recalled parts, or undefined when it was recalled as a whole. */
  withoutRecalled(msg: Msg): Msg | undefined {
    return isTombstone(msg) ? undefined : withoutParts(msg, this.#recalls);
  }

  #deliver(msg: Msg): void {
    this.#emit('message', msg);
    if (msg.receipt) this.receipts.add(msg.id);
  }

  /** Returns true when the message was a system message, which is not delivered. */
  #handleSystem({ type, data }: Msg): boolean {
    if (type === 'recall') this.#recall((data as { id?: unknown } | null)?.id, true);
    else if (type === 'room_state') this.setModes((data as { modes?: RoomModes } | null)?.modes ?? {});
    else return false;
    return true;
  }

  #recall(id: unknown, announce: boolean): void {
    if (typeof id !== 'string' || !this.#recalls.add(id)) return;
    this.#hiddenChat.drop(id);
    if (announce) this.#emit('recalled', { id });
  }
}
