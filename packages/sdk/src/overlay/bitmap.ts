// Draws a danmaku into a bitmap: text with shadow, a frame for the viewer's own, a ×N badge. The canvas grows in steps and never shrinks, so that
// reusing it rarely allocates.
import type { Flight } from './flight.ts';
import type { Stage } from './stage.ts';

export interface Bitmap {
  readonly canvas: HTMLCanvasElement;
  /** The drawn part of the canvas. */
  width: number;
  height: number;
}

/** CSS pixels around the text's box, for its shadow. */
export const margin = 3;
/** CSS pixels to the right of the text's box, for the badge. */
const badgeRoom = 20;
const step = 64;

export function makeBitmap(): Bitmap {
  return { canvas: document.createElement('canvas'), width: 0, height: 0 };
}

export function drawText(bitmap: Bitmap, flight: Flight, stage: Stage, scale: number): void {
  const { canvas } = bitmap;
  bitmap.width = Math.ceil((flight.width + 2 * margin + (flight.count > 1 ? badgeRoom : 0)) * scale);
  bitmap.height = Math.ceil((flight.height + 2 * margin) * scale);
  if (canvas.width < bitmap.width) canvas.width = Math.ceil(bitmap.width / step) * step;
  if (canvas.height < bitmap.height) canvas.height = Math.ceil(bitmap.height / step) * step;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scale, 0, 0, scale, margin * scale, margin * scale);
  if (flight.item.own) drawFrame(context, flight);
  drawGlyphs(context, flight, stage);
  if (flight.count > 1) drawBadge(context, flight, stage);
}

function drawFrame(context: CanvasRenderingContext2D, { item, width, height }: Flight): void {
  context.beginPath();
  context.roundRect(0.5, 0.5, width - 1, height - 1, 6);
  context.fillStyle = 'rgba(0, 0, 0, 0.35)';
  context.fill();
  context.strokeStyle = '#fff';
  if (item.color) context.strokeStyle = item.color;
  context.lineWidth = 1;
  context.stroke();
}

function drawGlyphs(context: CanvasRenderingContext2D, { item, text, size, height }: Flight, stage: Stage): void {
  context.font = stage.font(size);
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(2, size / 8);
  context.strokeStyle = 'rgba(0, 0, 0, 0.65)';
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(text);
  // The same baseline as CSS, so that both renderers place text alike.
  const foot = (height + above - below) / 2;
  context.strokeText(text, stage.look.padding / 2, foot);
  // Assigning an invalid colour keeps the previous one, so each assignment is the fallback of the next.
  context.fillStyle = '#fff';
  context.fillStyle = stage.look.color;
  if (item.color) context.fillStyle = item.color;
  context.fillText(text, stage.look.padding / 2, foot);
}

function drawBadge(context: CanvasRenderingContext2D, { count, width, size }: Flight, stage: Stage): void {
  const fontPx = Math.max(11, size * 0.6);
  const label = `×${count}`;
  context.font = stage.font(fontPx);
  const across = context.measureText(label).width + fontPx * 0.8;
  const left = width + badgeRoom - across;
  context.fillStyle = '#ff2d78';
  context.beginPath();
  context.roundRect(left, 2, across, fontPx * 1.5, fontPx);
  context.fill();
  context.fillStyle = '#fff';
  context.textBaseline = 'middle';
  context.fillText(label, left + fontPx * 0.4, 2 + fontPx * 0.75);
}
