// DPlayer with danmux on the instance, instead of DPlayer's own danmaku.
import { danmuxDplayer } from '@danmux/sdk-elements/players';
import DPlayer from 'dplayer';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('DPlayer');
const dp = new DPlayer({ container: box, video: { url: sample('mp4') }, loop: true, mutex: false, lang: 'en' });
// DPlayer's own autoplay is refused because of the sound.
dp.video.muted = true;
dp.play();
show(danmuxDplayer(dp, { room, userId }), () => dp.destroy());
