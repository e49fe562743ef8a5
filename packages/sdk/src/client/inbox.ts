// Delivers a room's messages to the application: each once, none that was recalled, chat later when the page is hidden. System messages
// (recalls, room modes) become events, and messages that ask for a receipt get one.
import type { Msg, RoomModes } from '@danmux/protocol';
import { withoutParts } from './combo-parts.ts';
import { HiddenChat } from './hidden-chat.ts';
import { ReceiptAnswers } from './receipt-answers.ts';
import type { RoomEvents } from './room-events.ts';
import { Seen } from './seen.ts';
import { isTombstone } from './tombstone.ts';

const rememberedIds = 2_000;

export type EmitRoomEvent = <E extends keyof RoomEvents>(event: E, payload: RoomEvents[E]) => void;

export class Inbox {
  readonly #room: string;
  readonly #emit: EmitRoomEvent;
  readonly #seen = new Seen(rememberedIds);
  readonly #recalls = new Seen(rememberedIds);
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

  /** New modes of the room; emitted even when unchanged. */
  setModes(modes: RoomModes): void {
    this.#modes = modes;
    this.#emit('modes', modes);
  }

  /** The page is hidden: chat waits until it is visible. */
  hide(): void {
    this.#hidden = true;
  }

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

  /** The message without its recalled parts; undefined when nothing is left. */
  withoutRecalled(msg: Msg): Msg | undefined {
    return isTombstone(msg) ? undefined : withoutParts(msg, this.#recalls);
  }

  #deliver(msg: Msg): void {
    this.#emit('message', msg);
    if (msg.receipt) this.receipts.add(msg.id);
  }

  /** True for a system message, which is not delivered. */
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
