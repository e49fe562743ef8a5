// An xgplayer plugin class. It implements the members that xgplayer calls instead of extending its class, so it includes no xgplayer code. The
// button is added to xgplayer's control bar.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { makeToggle } from './toggle.ts';

/** Above the picture and below the controls of xgplayer. */
const zIndex = 9;

/** The members of an xgplayer that the adapter uses. */
export interface XgplayerLike {
  readonly root: HTMLElement | null;
  /** The part of `root` without controls; set when the controls are beside the picture. */
  readonly innerContainer?: HTMLElement | null;
  readonly controls?: { readonly right?: HTMLElement } | null;
  on(event: 'mini_state_change', listener: (mini: boolean) => void): void;
  off(event: 'mini_state_change', listener: (mini: boolean) => void): void;
}

/** Options of the plugin for xgplayer, in the player option `danmux`. */
export interface XgplayerOptions extends PlayerOptions {
  /** Set by xgplayer for `danmux: false` in the player's config: the plugin does nothing. */
  readonly disable?: boolean;
}

/** Usage: `plugins: [DanmuxXgplayer], danmux: { room }`; `player.plugins.danmux.danmaku` is then the overlay. It is destroyed with the player. */
export class DanmuxXgplayer {
  static readonly pluginName = 'danmux';
  readonly pluginName = 'danmux';
  /** The constructor arguments, which xgplayer reads to create the plugin again. */
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

  /** The overlay; undefined when the plugin is disabled and after the player was destroyed. */
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
