// A video.js plugin function for `registerPlugin`. The overlay is placed between the picture and the controls; the button is a video.js
// component.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { followDanmaku, labels, toggleIcon } from './toggle.ts';

interface Component {
  el(): Element;
}

interface ControlBar {
  addChild(name: string, options: object, index?: number): Component;
  getChild(name: string): Component | undefined;
  children(): readonly Component[];
}

/** The members of a video.js player that the adapter uses. */
export interface VideojsPlayerLike {
  el(): Element;
  ready(listener: () => void): void;
  getChild(name: string): unknown;
  on(event: string, listener: () => void): void;
}

/** Usage: `videojs.registerPlugin('danmux', danmuxVideojs)`; then `player.danmux({ room })` returns the overlay. It is destroyed with the player. */
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
  const button = bar.addChild('button', { controlText: labels().danmaku, className: 'vjs-danmux', clickHandler }, index).el();
  const icon = toggleIcon(18);
  icon.style.margin = '0 auto';
  (button.querySelector('.vjs-icon-placeholder') ?? button).append(icon);
  followDanmaku(button, danmaku);
  danmaku.whenDestroyed(() => button.remove());
}
