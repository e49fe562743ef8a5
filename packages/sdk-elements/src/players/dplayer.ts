// DPlayer: it has no plugins, so this is called with an instance. The overlay lies where DPlayer's own danmaku would; leave DPlayer's option
// `danmaku` out. The button goes beside its own.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { makeToggle } from './toggle.ts';

/** The part of a `DPlayer` that is used. */
export interface DPlayerLike {
  readonly container: HTMLElement;
  on(event: 'destroy', listener: () => void): void;
}

/** `danmuxDplayer(dp, { room })`. Ends with the player. */
export function danmuxDplayer(player: DPlayerLike, options: PlayerOptions = {}): PlayerDanmaku {
  // DPlayer exchanges its video when the quality is switched; what is around it stays.
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
