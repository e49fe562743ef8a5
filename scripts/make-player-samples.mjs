// Makes the sample videos of the players' demo pages from the animation of the demo page, frame by frame in Chromium, so that every
// run gives the same files. Run it only to change the samples. It needs ffmpeg.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'packages/web/demo/public/players');
const fps = 15;
const seconds = 6;

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  await page.addScriptTag({ content: `(${steppedTime})()` });
  await page.addScriptTag({ content: await pictureScript() });
  await page.evaluate('Picture.livePicture()');
  await encode(page);
} finally {
  await browser.close();
}

async function pictureScript() {
  const lib = { entry: join(root, 'packages/web/demo/live-picture.ts'), formats: ['iife'], name: 'Picture' };
  const [{ output }] = await build({ configFile: false, logLevel: 'warn', build: { write: false, lib } });
  return output[0].code;
}

/** Runs in the page: fixes random numbers and time, and exposes the canvas. */
function steppedTime() {
  let seed = 7;
  let now = 0;
  Math.random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  performance.now = () => now;
  let draw;
  globalThis.setInterval = (callback) => {
    draw = callback;
    return 0;
  };
  let picture;
  const make = document.createElement.bind(document);
  document.createElement = (name) => {
    const element = make(name);
    if (name === 'canvas') picture = element;
    return element;
  };
  globalThis.nextFrame = (ms) => {
    now += ms;
    draw();
    return picture.toDataURL('image/jpeg', 0.92).split(',')[1];
  };
}

/**
 * Encodes the video once, as FLV, and copies the stream into the other containers: MPEG-TS and a fragmented MP4. The HLS playlist refers to byte
 * ranges of this one MP4 file.
 */
async function encode(page) {
  const input = ['-f', 'image2pipe', '-c:v', 'mjpeg', '-r', String(fps), '-i', '-'];
  const video = [
    '-an',
    '-vf',
    'scale=512:288',
    '-c:v',
    'libx264',
    '-preset',
    'veryslow',
    '-profile:v',
    'main',
    '-pix_fmt',
    'yuv420p',
    '-crf',
    '33',
    '-g',
    String(fps * 3),
  ];
  const hls = ['-f', 'hls', '-hls_time', '3', '-hls_list_size', '0', '-hls_segment_type', 'fmp4', '-hls_flags', 'single_file'];
  await run(['-y', ...input, ...video, 'sample.flv'], async (stdin) => {
    for (let frame = 0; frame < fps * seconds; frame++) {
      const jpeg = Buffer.from(await page.evaluate(`nextFrame(${1_000 / fps})`), 'base64');
      if (!stdin.write(jpeg)) await once(stdin, 'drain');
    }
  });
  const copy = ['-y', '-i', 'sample.flv', '-c', 'copy'];
  await run([...copy, '-f', 'mpegts', 'sample.m2t']);
  await run([...copy, ...hls, '-hls_fmp4_init_filename', 'sample.mp4', '-hls_segment_filename', 'sample.mp4', 'sample.m3u8']);
}

async function run(args, feed) {
  const child = spawn('ffmpeg', ['-loglevel', 'error', '-fflags', '+bitexact', ...args], { cwd: folder, stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  await feed?.(child.stdin);
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}
