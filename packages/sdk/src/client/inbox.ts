// What a room gives to the application: each message once, none that was recalled, chat later when nobody looks. danmux's own
// messages become events here, and messages that ask for it are answered.
import type { Msg, RoomModes } from '@danmux/protocol';
import { withoutParts } from './combo-parts.ts';
import { HeldChat } from './held-chat.ts';
import { ReceiptAnswers } from './receipt-answers.ts';
import type { RoomEvents } from './room-events.ts';
import { Seen } from './seen.ts';
import { isTombstone } from './tombstone.ts';

const rememberedIds = 2_000;

export type Tell = <E extends keyof RoomEvents>(event: E, payload: RoomEvents[E]) => void;

export class Inbox {
  readonly #room: string;
  readonly #tell: Tell;
  readonly #seen = new Seen(rememberedIds);
  readonly #recalls = new Seen(rememberedIds);
  readonly #held = new HeldChat();
  readonly receipts: ReceiptAnswers;
  #hidden = false;
  #modes: RoomModes = {};

  constructor(room: string, tell: Tell, answer: (ids: string[]) => Promise<unknown>) {
    this.#room = room;
    this.#tell = tell;
    this.receipts = new ReceiptAnswers(answer);
  }

  get modes(): RoomModes {
    return this.#modes;
  }

  /** How the room may be talked in from now on; told even when it is the same. */
  setModes(modes: RoomModes): void {
    this.#modes = modes;
    this.#tell('modes', modes);
  }

  /** Nobody looks: chat waits until somebody does. */
  hide(): void {
    this.#hidden = true;
  }

  show(): void {
    this.#hidden = false;
    const { msgs, left } = this.#held.release();
    if (left > 0) this.#tell('gap', { room: this.#room, lane: 'chat', count: left, reason: 'hidden' });
    for (const msg of msgs) this.#pass(msg);
  }

  give(msg: Msg): void {
    if (isTombstone(msg)) {
      this.#recall(msg.id, this.#seen.has(msg.id));
      return;
    }
    if (!this.#seen.add(msg.id) || this.#keep(msg)) return;
    const standing = this.standing(msg);
    if (!standing) return;
    if (this.#hidden && msg.lane === 'chat') this.#held.hold(standing);
    else this.#pass(standing);
  }

  /** The message without what was recalled of it; undefined when nothing is left. */
  standing(msg: Msg): Msg | undefined {
    return isTombstone(msg) ? undefined : withoutParts(msg, this.#recalls);
  }

  #pass(msg: Msg): void {
    this.#tell('message', msg);
    if (msg.receipt) this.receipts.add(msg.id);
  }

  /** True of a message that is for the SDK and not for the application. */
  #keep({ type, data }: Msg): boolean {
    if (type === 'recall') this.#recall((data as { id?: unknown } | null)?.id, true);
    else if (type === 'room_state') this.setModes((data as { modes?: RoomModes } | null)?.modes ?? {});
    else return false;
    return true;
  }

  #recall(id: unknown, tell: boolean): void {
    if (typeof id !== 'string' || !this.#recalls.add(id)) return;
    this.#held.drop(id);
    if (tell) this.#tell('recalled', { id });
  }
}
