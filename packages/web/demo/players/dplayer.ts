// The demo page of DPlayer, with danmux instead of DPlayer's own danmaku.
import { danmuxDplayer } from '@danmux/sdk-elements/players';
import DPlayer from 'dplayer';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('DPlayer');
const dp = new DPlayer({ container: box, video: { url: sample('mp4') }, loop: true, mutex: false, lang: 'en' });
// The page mutes the player and starts it. It does not use DPlayer's autoplay option, because that plays with sound, which browsers block.
dp.video.muted = true;
dp.play();
show(danmuxDplayer(dp, { room, userId }), () => dp.destroy());
