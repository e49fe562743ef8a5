// An xgplayer plugin class. xgplayer needs only the members below, so this contains no xgplayer code;
// the button is added to its bar.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { makeToggle } from './toggle.ts';

/** Above the picture, below the controls. */
const zIndex = 9;

/** The members of an xgplayer that are used. */
export interface XgplayerLike {
  readonly root: HTMLElement | null;
  /** The part of `root` without controls, when they are beside the picture. */
  readonly innerContainer?: HTMLElement | null;
  readonly controls?: { readonly right?: HTMLElement } | null;
  on(event: 'mini_state_change', listener: (mini: boolean) => void): void;
  off(event: 'mini_state_change', listener: (mini: boolean) => void): void;
}

export interface XgplayerOptions extends PlayerOptions {
  /** xgplayer's own option; `danmux: false` in the player's config sets it. */
  readonly disable?: boolean;
}

/** `plugins: [DanmuxXgplayer], danmux: { room }`; then `player.plugins.danmux.danmaku` is its overlay. Destroyed with the player. */
export class DanmuxXgplayer {
  static readonly pluginName = 'danmux';
  readonly pluginName = 'danmux';
  /** Arguments that xgplayer uses to create the plugin again. */
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

  /** Absent when disabled, and after the player was destroyed. */
  get danmaku(): PlayerDanmaku | undefined {
    return this.#danmaku;
  }

  /** Called by xgplayer when its controls are ready. */
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

  /** Called by xgplayer when the plugin or the player is destroyed. */
  __destroy(): void {
    this.#danmaku?.destroy();
    this.#danmaku = undefined;
  }
}
