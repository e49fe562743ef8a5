// The demo's video stream: a concert at night, drawn on a canvas, so that no video file is needed.

const width = 1280;
const height = 720;
const beams = 6;
const sparks = Array.from({ length: 90 }, () => ({ x: Math.random(), y: Math.random(), speed: 0.2 + Math.random() * 0.8, size: 0.6 + Math.random() * 2 }));
const crowd = Array.from({ length: 64 }, (_, index) => ({ x: (index + Math.random() * 0.6) / 64, size: 26 + Math.random() * 26, phase: Math.random() * 6 }));

/** Starts drawing and returns a stream of 30 frames per second. */
export function livePicture(): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas in this browser');
  const start = performance.now();
  draw(context, 0);
  // A timer instead of animation frames, so that the video continues while the page is hidden.
  setInterval(() => draw(context, (performance.now() - start) / 1_000), 1_000 / 30);
  return canvas.captureStream(30);
}

function draw(context: CanvasRenderingContext2D, time: number): void {
  const sky = context.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, '#0b0820');
  sky.addColorStop(0.6, '#31104a');
  sky.addColorStop(1, '#7a1c52');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = 'lighter';
  drawBeams(context, time);
  drawSparks(context, time);
  context.globalCompositeOperation = 'source-over';
  drawStage(context, time);
  drawCrowd(context, time);
}

function drawBeams(context: CanvasRenderingContext2D, time: number): void {
  for (let i = 0; i < beams; i++) {
    const foot = (width * (i + 0.5)) / beams;
    const swing = Math.sin(time * 0.7 + i * 1.3) * 0.45;
    const top = foot + Math.tan(swing) * height;
    const light = context.createLinearGradient(foot, height * 0.72, top, 0);
    const hue = (i * 55 + time * 18) % 360;
    light.addColorStop(0, `hsla(${hue}, 95%, 65%, .34)`);
    light.addColorStop(1, `hsla(${hue}, 95%, 60%, 0)`);
    context.fillStyle = light;
    context.beginPath();
    context.moveTo(foot - 6, height * 0.72);
    context.lineTo(top - 110, 0);
    context.lineTo(top + 110, 0);
    context.lineTo(foot + 6, height * 0.72);
    context.fill();
  }
}

function drawSparks(context: CanvasRenderingContext2D, time: number): void {
  for (const { x, y, speed, size } of sparks) {
    const drift = (y - time * speed * 0.05 + 10) % 1;
    context.fillStyle = `rgba(255, 210, 160, ${0.15 + 0.5 * Math.abs(Math.sin(time * speed * 2 + x * 20))})`;
    context.beginPath();
    context.arc(x * width, drift * height, size, 0, Math.PI * 2);
    context.fill();
  }
}

function drawStage(context: CanvasRenderingContext2D, time: number): void {
  const floor = height * 0.72;
  context.fillStyle = '#140a22';
  context.fillRect(0, floor, width, height - floor);
  const bars = 48;
  for (let i = 0; i < bars; i++) {
    const loud = Math.abs(Math.sin(time * 2.1 + i * 0.55) * Math.cos(time * 1.3 + i * 0.21));
    const tall = 14 + loud * 150;
    context.fillStyle = `hsl(${320 + loud * 60}, 90%, ${48 + loud * 18}%)`;
    context.fillRect(width * 0.2 + (i * width * 0.6) / bars, floor - tall, (width * 0.6) / bars - 4, tall);
  }
}

function drawCrowd(context: CanvasRenderingContext2D, time: number): void {
  context.fillStyle = '#07040d';
  for (const { x, size, phase } of crowd) {
    const hop = Math.abs(Math.sin(time * 2.4 + phase)) * 10;
    const top = height - 86 - hop + size * 0.4;
    context.beginPath();
    context.arc(x * width, top, size * 0.55, 0, Math.PI * 2);
    context.ellipse(x * width, top + size * 1.6, size, size * 1.3, 0, 0, Math.PI * 2);
    context.fill();
  }
}
