// xgplayer: a plugin class as its users know them. xgplayer asks of a class only the members below, so none of its code is needed to make
// one; the button goes beside its own.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { makeToggle } from './toggle.ts';

/** Over the picture, under the controls. */
const zIndex = 9;

/** The part of an xgplayer that is used. */
export interface XgplayerLike {
  readonly root: HTMLElement | null;
  /** The part of `root` without controls, when those lie beside the picture. */
  readonly innerContainer?: HTMLElement | null;
  readonly controls?: { readonly right?: HTMLElement } | null;
  on(event: 'mini_state_change', listener: (mini: boolean) => void): void;
  off(event: 'mini_state_change', listener: (mini: boolean) => void): void;
}

export interface XgplayerOptions extends PlayerOptions {
  /** xgplayer's own word; `danmux: false` in the player's config says the same. */
  readonly disable?: boolean;
}

/** `plugins: [DanmuxXgplayer], danmux: { room }`; then `player.plugins.danmux.danmaku` is the overlay on it. Ends with the player. */
export class DanmuxXgplayer {
  static readonly pluginName = 'danmux';
  readonly pluginName = 'danmux';
  /** What xgplayer makes the plugin anew from. */
  readonly __args: { readonly player: XgplayerLike; readonly config?: XgplayerOptions };
  #danmaku: PlayerDanmaku | undefined;

  constructor(made: { readonly player: XgplayerLike; readonly config?: XgplayerOptions }) {
    this.__args = made;
    const { player, config = {} } = made;
    const host = player.innerContainer ?? player.root;
    if (!host || config.disable) return;
    const danmaku = attachTo(host, { ...config, zIndex, isolated: true });
    const mini = (state: boolean) => danmaku.hold('mini', state);
    player.on('mini_state_change', mini);
    danmaku.whenDestroyed(() => player.off('mini_state_change', mini));
    this.#danmaku = danmaku;
  }

  /** Absent when it is disabled, and once the player has ended. */
  get danmaku(): PlayerDanmaku | undefined {
    return this.#danmaku;
  }

  /** Called by xgplayer when its controls stand. */
  onPluginsReady(): void {
    const danmaku = this.#danmaku;
    const bar = this.__args.player.controls?.right;
    if (!danmaku || !bar || this.__args.config?.button === false) return;
    const icon = document.createElement('xg-icon');
    icon.className = 'xgplayer-danmux';
    icon.append(makeToggle(danmaku));
    bar.append(icon);
    danmaku.whenDestroyed(() => icon.remove());
  }

  /** Called by xgplayer when the plugin or the player ends. */
  __destroy(): void {
    this.#danmaku?.destroy();
    this.#danmaku = undefined;
  }
}
