// The demo page of a plain video element, with `attachTo`.
import { attachTo } from '@danmux/sdk-elements/players';
import { livePicture } from '../live-picture.ts';
import { play, videoFrame } from './frame.ts';
import { openPage } from './page.ts';

const { box, room, userId, show } = await openPage('<video>');
const { frame, video } = videoFrame(box);
video.srcObject = livePicture();
const danmaku = attachTo(video, { room, userId });
play(video);
show(danmaku, () => {
  danmaku.destroy();
  frame.remove();
});
