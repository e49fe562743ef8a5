// The demo page of flv.js: it feeds a video element, to which the overlay is attached.
import { attachTo } from '@danmux/sdk-elements/players';
import flvjs from 'flv.js';
import { play, videoFrame } from './frame.ts';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('flv.js');
const { frame, video } = videoFrame(box);
const player = flvjs.createPlayer({ type: 'flv', url: sample('flv'), hasAudio: false });
player.attachMediaElement(video);
player.load();
const danmaku = attachTo(video, { room, userId });
play(video);
show(danmaku, () => {
  player.destroy();
  danmaku.destroy();
  frame.remove();
});
