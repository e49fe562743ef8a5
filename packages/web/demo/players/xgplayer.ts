// The demo page of xgplayer, with danmux as a plugin class.
import Player from 'xgplayer';
import 'xgplayer/dist/index.min.css';
import { DanmuxXgplayer } from '@danmux/sdk-elements/players';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('xgplayer');
const player = new Player({
  el: box,
  url: sample('mp4'),
  width: '100%',
  height: '100%',
  autoplay: true,
  autoplayMuted: true,
  loop: true,
  plugins: [DanmuxXgplayer],
  danmux: { room, userId },
});
const plugin = player.getPlugin('danmux') as unknown as DanmuxXgplayer;
if (plugin.danmaku) show(plugin.danmaku, () => player.destroy());
