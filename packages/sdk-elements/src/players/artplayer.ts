// An ArtPlayer plugin. The overlay is placed in ArtPlayer's layer for danmaku; a button and settings are added to its control bar. It uses only the
// members of `ArtplayerLike` and includes no ArtPlayer code.
import { attachTo, type PlayerDanmaku } from './player-danmaku.ts';
import type { PlayerOptions } from './player-options.ts';
import { labels, makeToggle, toggleIcon } from './toggle.ts';

interface RangeItem {
  readonly range?: unknown;
  readonly [name: string]: unknown;
}

/** The members of an `Artplayer` that the adapter uses. */
export interface ArtplayerLike {
  readonly video: HTMLVideoElement;
  readonly option: { readonly setting?: boolean };
  readonly template: { readonly $danmuku: HTMLDivElement };
  readonly controls: { add(control: { name: string; position: 'right'; index: number; html: HTMLElement }): unknown };
  readonly setting: { add(setting: { html: string; name: string; icon: string; selector: Range[] }): unknown };
  on(event: 'mini' | 'destroy', listener: (state?: boolean) => void): unknown;
}

interface Range {
  readonly html: string;
  readonly tooltip: string;
  readonly name: string;
  readonly range: [number, number, number, number];
  readonly onChange: (item: RangeItem) => string;
}

/** Usage: `plugins: [danmuxArtplayer({ room })]`; `art.plugins.danmux` is then the overlay. It is destroyed with the player. */
export function danmuxArtplayer(options: PlayerOptions = {}): (art: ArtplayerLike) => PlayerDanmaku & { readonly name: 'danmux' } {
  return (art) => {
    const danmaku = attachTo(art.video, { ...options, container: art.template.$danmuku, isolated: true });
    art.on('mini', (mini) => danmaku.hold('mini', mini === true));
    art.on('destroy', () => danmaku.destroy());
    if (options.button !== false) {
      art.controls.add({ name: 'danmux', position: 'right', index: 5, html: makeToggle(danmaku) });
      if (art.option.setting) art.setting.add(settingsMenu(danmaku));
    }
    return Object.assign(danmaku, { name: 'danmux' as const });
  };
}

function settingsMenu(danmaku: PlayerDanmaku): Parameters<ArtplayerLike['setting']['add']>[0] {
  const { danmaku: name, opacity, speed, area } = labels();
  const range = (html: string, setting: 'opacity' | 'speed' | 'area', least: number, most: number): Range => {
    const now = Math.round(danmaku.overlay.settings[setting] * 100);
    const onChange = (item: RangeItem) => {
      const [percent] = item.range as number[];
      danmaku.configure({ [setting]: Number(percent) / 100 });
      return `${percent}%`;
    };
    return { html, tooltip: `${now}%`, name: `danmux-${setting}`, range: [now, least, most, 5], onChange };
  };
  const selector = [range(opacity, 'opacity', 10, 100), range(speed, 'speed', 50, 200), range(area, 'area', 10, 100)];
  return { html: name, name: 'danmux', icon: toggleIcon().outerHTML, selector };
}
