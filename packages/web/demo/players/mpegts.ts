// The demo page of mpegts.js: it feeds a video element, to which the overlay is attached.
import { attachTo } from '@danmux/sdk-elements/players';
import mpegts from 'mpegts.js';
import { play, videoFrame } from './frame.ts';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('mpegts.js');
const { frame, video } = videoFrame(box);
const player = mpegts.createPlayer({ type: 'mpegts', url: sample('m2t'), hasAudio: false });
player.attachMediaElement(video);
player.load();
const danmaku = attachTo(video, { room, userId });
play(video);
show(danmaku, () => {
  player.destroy();
  danmaku.destroy();
  frame.remove();
});
