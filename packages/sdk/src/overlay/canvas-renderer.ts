// Draws danmaku on one canvas: each is drawn into a bitmap when it starts or its count changes, and every animation frame places the bitmaps.
// Frames are requested one after another only while danmaku are in flight and the flight clock runs.
import { type Bitmap, drawText, makeBitmap, margin } from './bitmap.ts';
import { ElementPool } from './element-pool.ts';
import { type Flight, leftAt } from './flight.ts';
import type { FlightClock } from './flight-clock.ts';
import type { Landed, Renderer } from './renderer.ts';
import type { Stage } from './stage.ts';

const maxFree = 200;
/** Cap on the device pixel ratio. A higher ratio costs memory, and on moving text nobody sees the difference. */
const maxScale = 2;

export class CanvasRenderer implements Renderer {
  readonly #canvas = document.createElement('canvas');
  readonly #context = this.#canvas.getContext('2d');
  readonly #stage: Stage;
  readonly #clock: FlightClock;
  readonly #landed: Landed;
  readonly #pool = new ElementPool(makeBitmap, maxFree);
  readonly #flying = new Map<Flight, Bitmap>();
  #opacity = 1;
  #frame: number | undefined;
  #scale = 1;

  constructor(stage: Stage, clock: FlightClock, landed: Landed) {
    this.#stage = stage;
    this.#clock = clock;
    this.#landed = landed;
    this.#canvas.className = 'danmux-flying';
    stage.setFlying(this.#canvas);
  }

  get made(): number {
    return this.#pool.made;
  }

  show(flight: Flight): void {
    const bitmap = this.#pool.acquire();
    this.#fit();
    drawText(bitmap, flight, this.#stage, this.#scale);
    this.#flying.set(flight, bitmap);
    this.#requestDraw();
  }

  recount(flight: Flight): void {
    const bitmap = this.#flying.get(flight);
    if (!bitmap) return;
    drawText(bitmap, flight, this.#stage, this.#scale);
    this.#requestDraw();
  }

  remove(flight: Flight): void {
    const bitmap = this.#flying.get(flight);
    if (!bitmap) return;
    this.#flying.delete(flight);
    this.#pool.release(bitmap);
    this.#requestDraw();
  }

  setRate(rate: number): void {
    if (rate === 0 && this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
      this.#frame = undefined;
    }
    this.#requestDraw();
  }

  setOpacity(opacity: number): void {
    this.#opacity = opacity;
    this.#requestDraw();
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#flying.clear();
    this.#canvas.remove();
  }

  /** Requests an animation frame for drawing. While the flight clock is stopped no frames are requested, and changes are drawn immediately. */
  #requestDraw(): void {
    if (this.#clock.rate === 0) this.#draw();
    else this.#frame ??= requestAnimationFrame(() => this.#next());
  }

  #next(): void {
    this.#frame = undefined;
    this.#land();
    this.#draw();
    if (this.#flying.size > 0) this.#requestDraw();
  }

  #land(): void {
    const now = this.#clock.now();
    for (const flight of [...this.#flying.keys()]) {
      if (now < flight.end) continue;
      this.remove(flight);
      this.#landed(flight);
    }
  }

  #draw(): void {
    const context = this.#context;
    if (!context) return;
    this.#fit();
    const now = this.#clock.now();
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    for (const [flight, { canvas, width, height }] of this.#flying) {
      context.globalAlpha = flight.item.own ? 1 : this.#opacity;
      // Bitmaps placed at whole pixels stay sharp and are faster to draw, because the browser does not interpolate.
      const left = Math.round((leftAt(flight, now) - margin) * this.#scale);
      context.drawImage(canvas, 0, 0, width, height, left, Math.round((flight.top - margin) * this.#scale), width, height);
    }
  }

  #fit(): void {
    this.#scale = Math.min(maxScale, devicePixelRatio || 1);
    const width = Math.round(this.#stage.width * this.#scale);
    const height = Math.round(this.#stage.height * this.#scale);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }
}
