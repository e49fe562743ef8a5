// The demo page of hls.js: it feeds a video element, to which the overlay is attached.
import { attachTo } from '@danmux/sdk-elements/players';
import Hls from 'hls.js';
import { play, videoFrame } from './frame.ts';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('hls.js');
const { frame, video } = videoFrame(box);
// hls.js would load its worker from a blob URL, which the page's content security policy forbids.
const hls = new Hls({ enableWorker: false });
hls.loadSource(sample('m3u8'));
hls.attachMedia(video);
const danmaku = attachTo(video, { room, userId });
play(video);
show(danmaku, () => {
  hls.destroy();
  danmaku.destroy();
  frame.remove();
});
