// Shows a room on an overlay: the only file that knows both. What is text of a chat message and name of a gift is decided here.
import type { Msg } from '@danmux/protocol';
import type { Room } from './client/room.ts';
import type { Overlay } from './overlay/overlay.ts';

export interface BindOptions {
  /** Messages from this user are framed as one's own. */
  readonly userId?: string;
  /** Messages older than this are not flown (they were there before we came), milliseconds; default 10,000. */
  readonly freshMs?: number;
}

/** Returns a function that ends it. */
export function bind(room: Room, overlay: Overlay, { userId, freshMs = 10_000 }: BindOptions = {}): () => void {
  const recalled = room.on('recalled', ({ id }) => overlay.remove(id));
  const shown = room.on('message', (msg) => {
    if (Date.now() - msg.ts > freshMs || Date.now() > (msg.expires_at ?? Number.POSITIVE_INFINITY)) return;
    if (msg.lane === 'gift') overlay.gift(giftOf(msg));
    const text = textOf(msg);
    if (msg.lane === 'chat' && text) {
      const color = field(msg.data, 'color');
      const own = userId !== undefined && msg.from?.id === userId;
      overlay.danmaku({ id: msg.id, text, own, ...(color ? { color } : {}) });
    }
  });
  return () => {
    recalled();
    shown();
  };
}

/** The text of a chat message: its data when that is a string, else the data's `text`. */
export function textOf({ data }: Msg): string {
  return typeof data === 'string' ? data : (field(data, 'text') ?? '');
}

/** A gift message's name, icon and count, from the fields `name` or `gift`, `icon`, `count` of its data. */
export function giftOf({ id, from, data }: Msg): { id: string; from: string; gift: string; count: number; icon?: string } {
  const count = Number((data as { count?: unknown } | null)?.count ?? 1);
  const icon = field(data, 'icon');
  return {
    id,
    from: from?.name ?? from?.id ?? '',
    gift: field(data, 'name') ?? field(data, 'gift') ?? '',
    count: Number.isFinite(count) ? count : 1,
    ...(icon ? { icon } : {}),
  };
}

function field(data: unknown, name: string): string | undefined {
  const value = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
