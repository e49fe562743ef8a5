// The demo page of DPlayer, with danmux instead of DPlayer's own danmaku.
import { danmuxDplayer } from '@danmux/sdk-elements/players';
import DPlayer from 'dplayer';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('DPlayer');
const dp = new DPlayer({ container: box, video: { url: sample('mp4') }, loop: true, mutex: false, lang: 'en' });
// Muted and started by hand: browsers block DPlayer's autoplay option, because it plays with sound.
dp.video.muted = true;
dp.play();
show(danmuxDplayer(dp, { room, userId }), () => dp.destroy());
