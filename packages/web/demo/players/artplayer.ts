// The demo page of ArtPlayer, with danmux as a plugin.
import { danmuxArtplayer, type PlayerDanmaku } from '@danmux/sdk-elements/players';
import Artplayer from 'artplayer';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('ArtPlayer');
const art = new Artplayer({
  container: box as HTMLDivElement,
  url: sample('mp4'),
  muted: true,
  autoplay: true,
  loop: true,
  setting: true,
  fullscreen: true,
  fullscreenWeb: true,
  pip: true,
  plugins: [danmuxArtplayer({ room, userId })],
});
show((art.plugins as unknown as { danmux: PlayerDanmaku }).danmux, () => art.destroy());
// A global, for experiments in the browser's console, for example `art.mini = true`.
Object.assign(window, { art });
