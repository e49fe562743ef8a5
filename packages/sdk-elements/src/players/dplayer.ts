// An adapter for DPlayer, which has no plugins: it is called with an instance. The overlay replaces DPlayer's own danmaku, so do not set DPlayer's
// option `danmaku`. The button is added to DPlayer's control bar.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { makeToggle } from './toggle.ts';

/** The members of a `DPlayer` that the adapter uses. */
export interface DPlayerLike {
  readonly container: HTMLElement;
  on(event: 'destroy', listener: () => void): void;
}

/** Usage: `danmuxDplayer(dp, { room })`. Returns the overlay, which is destroyed with the player. */
export function danmuxDplayer(player: DPlayerLike, options: PlayerOptions = {}): PlayerDanmaku {
  // DPlayer replaces its video element when the quality changes; the container stays.
  const host = player.container.querySelector<HTMLElement>('.dplayer-video-wrap') ?? player.container;
  const danmaku = attachTo(host, { ...options, isolated: true });
  const bar = player.container.querySelector('.dplayer-icons-right');
  if (bar && options.button !== false) {
    const button = makeToggle(danmaku);
    Object.assign(button.style, { height: '38px', color: '#fff', opacity: '0.8', verticalAlign: 'middle' });
    bar.prepend(button);
    danmaku.whenDestroyed(() => button.remove());
  }
  player.on('destroy', () => danmaku.destroy());
  return danmaku;
}
