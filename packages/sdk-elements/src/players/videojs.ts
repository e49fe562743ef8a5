// video.js: a plugin function for `registerPlugin`. The overlay lies between the picture and video.js's own parts; the button is one of
// video.js's, made by it.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { followDanmaku, toggleIcon, words } from './toggle.ts';

interface Component {
  el(): Element;
}

interface ControlBar {
  addChild(name: string, options: object, index?: number): Component;
  getChild(name: string): Component | undefined;
  children(): readonly Component[];
}

/** The part of a video.js player that is used. */
export interface VideojsPlayerLike {
  el(): Element;
  ready(listener: () => void): void;
  getChild(name: string): unknown;
  on(event: string, listener: () => void): void;
}

/** `videojs.registerPlugin('danmux', danmuxVideojs)`, then `player.danmux({ room })`, which returns the overlay. Ends with the player. */
export function danmuxVideojs(this: VideojsPlayerLike, options: PlayerOptions = {}): PlayerDanmaku {
  const danmaku = attachTo(this.el() as HTMLElement, { ...options, isolated: true });
  this.on('dispose', () => danmaku.destroy());
  const bar = this.getChild('controlBar') as ControlBar | undefined;
  if (bar && options.button !== false) addButton(bar, danmaku);
  return danmaku;
}

function addButton(bar: ControlBar, danmaku: PlayerDanmaku): void {
  const after = bar.getChild('pictureInPictureToggle') ?? bar.getChild('fullscreenToggle');
  const index = after ? bar.children().indexOf(after) : undefined;
  const clickHandler = () => danmaku.toggle();
  const button = bar.addChild('button', { controlText: words().danmaku, className: 'vjs-danmux', clickHandler }, index).el();
  const icon = toggleIcon(18);
  icon.style.margin = '0 auto';
  (button.querySelector('.vjs-icon-placeholder') ?? button).append(icon);
  followDanmaku(button, danmaku);
  danmaku.whenDestroyed(() => button.remove());
}
