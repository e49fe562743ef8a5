// The viewer's own messages, shown as soon as they are sent: each flies once, whether the server's copy or the answer comes first, and is
// removed when it was refused or recalled. It uses an overlay's verbs and a room's events only.
import type { Msg } from '@danmux/protocol';
import type { OutgoingMessage } from './client/room-events.ts';
import type { DanmakuItem } from './overlay/overlay-item.ts';
import type { OverlayVerbs } from './overlay/overlay-verbs.ts';

interface Echo {
  readonly text: string;
  /** The message's id, from the server's answer. */
  id?: string;
  /** The server's copy came before the answer. */
  seen?: true;
}

/** Cap on remembered echoes, the newest: enough for the time one flies and may be recalled. */
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
    // Before the answer, the server's copy cannot be recognized.
    if (!echo.seen) this.#overlay.remove(id);
  }

  unsent({ cid }: { readonly cid: string }): void {
    if (this.#byCid.delete(cid)) this.#overlay.remove(cid);
  }

  /** True for the server's copy of an echo. */
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
