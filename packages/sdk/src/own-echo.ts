// One's own messages, shown as soon as they are sent: each flies once, whichever comes first, the server's copy or its answer, and goes when it
// was refused or is taken back. It knows an overlay's verbs, and of a room only what it is told.
import type { Msg } from '@danmux/protocol';
import type { OutgoingMessage } from './client/room-events.ts';
import type { DanmakuItem } from './overlay/overlay-item.ts';
import type { OverlayVerbs } from './overlay/overlay-verbs.ts';

interface Echo {
  readonly text: string;
  /** Its message's id, once the server has answered. */
  id?: string;
  /** The server's copy came before the answer. */
  seen?: true;
}

/** Echoes remembered, the newest: for as long as one flies and may be taken back. */
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
    // A copy that came before could not be known as one.
    if (!echo.seen) this.#overlay.remove(id);
  }

  unsent({ cid }: { readonly cid: string }): void {
    if (this.#byCid.delete(cid)) this.#overlay.remove(cid);
  }

  /** True for the server's copy of what was shown. */
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
