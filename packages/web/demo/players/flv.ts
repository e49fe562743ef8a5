// flv.js feeds a video element; the overlay is attached to the element.
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
