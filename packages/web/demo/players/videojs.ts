// The demo page of video.js, with danmux as a registered plugin.
import videojs from 'video.js';
import 'video.js/dist/video-js.css';
import { danmuxVideojs, type PlayerDanmaku } from '@danmux/sdk-elements/players';
import { openPage, sample } from './page.ts';

const { box, room, userId, show } = await openPage('video.js');
const element = document.createElement('video-js');
box.append(element);
videojs.registerPlugin('danmux', danmuxVideojs);
const player = videojs(element, { fill: true, controls: true, muted: true, autoplay: true, loop: true, sources: [{ src: sample('mp4'), type: 'video/mp4' }] });
const { danmux } = player as unknown as { danmux(options: object): PlayerDanmaku };
show(danmux.call(player, { room, userId }), () => player.dispose());
