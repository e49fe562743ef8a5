// A danmaku's text as a picture: shadow, frame of one's own, ×N badge. Its canvas grows in steps and never shrinks, so that one that is used
// again seldom needs other memory.
import type { Flight } from './flight.ts';
import type { Stage } from './stage.ts';

export interface Bitmap {
  readonly canvas: HTMLCanvasElement;
  /** The part of it that is drawn on. */
  width: number;
  height: number;
}

/** CSS pixels around the text's box, for its shadow. */
export const margin = 3;
/** Right of the box, for the badge. */
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
  drawLetters(context, flight, stage);
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

function drawLetters(context: CanvasRenderingContext2D, { item, text, size, height }: Flight, stage: Stage): void {
  context.font = stage.font(size);
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(2, size / 8);
  context.strokeStyle = 'rgba(0, 0, 0, 0.65)';
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(text);
  // Where a line of CSS has its letters.
  const foot = (height + above - below) / 2;
  context.strokeText(text, stage.look.padding / 2, foot);
  // A colour that cannot be read leaves the one before.
  context.fillStyle = '#fff';
  context.fillStyle = stage.look.color;
  if (item.color) context.fillStyle = item.color;
  context.fillText(text, stage.look.padding / 2, foot);
}

function drawBadge(context: CanvasRenderingContext2D, { count, width, size }: Flight, stage: Stage): void {
  const letters = Math.max(11, size * 0.6);
  const said = `×${count}`;
  context.font = stage.font(letters);
  const across = context.measureText(said).width + letters * 0.8;
  const left = width + badgeRoom - across;
  context.fillStyle = '#ff2d78';
  context.beginPath();
  context.roundRect(left, 2, across, letters * 1.5, letters);
  context.fill();
  context.fillStyle = '#fff';
  context.textBaseline = 'middle';
  context.fillText(said, left + letters * 0.4, 2 + letters * 0.75);
}
