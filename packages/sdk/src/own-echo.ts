// Shows the viewer's own messages on the overlay as soon as they are sent (echoes). Each is shown once, whether the server's copy or the answer to
// `send` arrives first, and is removed when it is refused or recalled. It uses only the overlay's interface and the room's events.
import type { Msg } from '@danmux/protocol';
import type { OutgoingMessage } from './client/room-events.ts';
import type { DanmakuItem } from './overlay/overlay-item.ts';
import type { OverlayVerbs } from './overlay/overlay-verbs.ts';

interface Echo {
  readonly text: string;
  /** The message's id, from the server's answer. */
  id?: string;
  /** The server's copy arrived before the answer to `send`. */
  seen?: true;
}

/** Only the newest echoes are remembered: enough to match copies, answers and recalls while a message is on screen. */
const maxEchoes = 100;

export class OwnEcho {
  readonly #overlay: Pick<OverlayVerbs, 'danmaku' | 'remove'>;
  readonly #byCid = new Map<string, Echo>();

  constructor(overlay: Pick<OverlayVerbs, 'danmaku' | 'remove'>) {
    this.#overlay = overlay;
  }

  sending({ cid }: OutgoingMessage, item: Omit<DanmakuItem, 'id' | 'own'>): void {
    this.#byCid.set(cid, { text: item.text });
    const [oldest] = this.#byCid.keys();
    if (this.#byCid.size > maxEchoes && oldest !== undefined) this.#byCid.delete(oldest);
    this.#overlay.danmaku({ ...item, id: cid, own: true });
  }

  sent({ cid, id }: { readonly cid: string; readonly id: string }): void {
    const echo = this.#byCid.get(cid);
    if (!echo) return;
    echo.id = id;
    // The server's copy may have arrived before its id was known and be on screen next to the echo, for example because a word was masked.
    if (!echo.seen) this.#overlay.remove(id);
  }

  unsent({ cid }: { readonly cid: string }): void {
    if (this.#byCid.delete(cid)) this.#overlay.remove(cid);
  }

  /**
   * True when the message is the server's copy of an echo: it has the id of the echo, or it is the viewer's own, has the same text and arrives before
   * the answer to `send`.
   */
  covers({ id }: Pick<Msg, 'id'>, text: string, own: boolean): boolean {
    for (const echo of this.#byCid.values()) {
      if (echo.id === id) return true;
      if (!own || echo.id !== undefined || echo.seen || echo.text !== text) continue;
      echo.seen = true;
      echo.id = id;
      return true;
    }
    return false;
  }

  recalled(id: string): void {
    for (const [cid, echo] of this.#byCid) if (echo.id === id) this.#overlay.remove(cid);
  }
}
