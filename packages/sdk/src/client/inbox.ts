// Delivers a room's messages to the application: each once, without recalled ones; chat that arrives on a hidden page is delivered when the page is
// visible. System messages (recalls, room modes) become events. Messages that request a receipt are acknowledged.
import { type BulkRecall, bulkRecallOf, isCovered, type Msg, type RoomModes, type StreamLane } from '@danmux/protocol';
import { HiddenChat } from './hidden-chat.ts';
import type { Message } from './message.ts';
import { Recalls } from './recalls.ts';
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
  readonly #recalls = new Recalls();
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
    return isTombstone(msg) ? undefined : this.#recalls.shown(msg);
  }

  /** Like `withoutRecalled`, for a message that the application gets without an event. Remembers it, so that a later bulk recall finds it. */
  read(msg: Msg): Msg | undefined {
    const visible = this.withoutRecalled(msg);
    if (visible) this.#recalls.delivered(visible);
    return visible;
  }

  newEpoch(lane: StreamLane): void {
    this.#recalls.newEpoch(lane);
  }

  #deliver(msg: Msg): void {
    this.#recalls.delivered(msg);
    // `MessageTypes` describes `data`, but the server does not check the fields.
    this.#emit('message', msg as Message);
    if (msg.receipt) this.receipts.add(msg.id);
  }

  /** Returns true when the message was a system message, which is not delivered. */
  #handleSystem(msg: Msg): boolean {
    const { type, data } = msg;
    const bulk = bulkRecallOf(msg);
    if (bulk) this.#recallAll(bulk);
    else if (type === 'recall') this.#recall((data as { id?: unknown } | null)?.id, true);
    else if (type === 'room_state') this.setModes((data as { modes?: RoomModes } | null)?.modes ?? {});
    else return false;
    return true;
  }

  #recallAll(recall: BulkRecall): void {
    this.#hiddenChat.dropWhere((msg) => isCovered(recall, msg));
    for (const id of this.#recalls.addBulk(recall)) this.#emit('recalled', { id });
  }

  #recall(id: unknown, announce: boolean): void {
    if (typeof id !== 'string' || !this.#recalls.add(id)) return;
    this.#hiddenChat.dropWhere((msg) => msg.id === id);
    if (announce) this.#emit('recalled', { id });
  }
}
