// Draws danmaku as pooled elements moved by Web Animations: the browser's compositor runs a started animation without the main thread. It never
// reads layout, because that would force the browser to compute it.
import { ElementPool } from './element-pool.ts';
import type { Flight } from './flight.ts';
import type { FlightClock } from './flight-clock.ts';
import type { Landed, Renderer } from './renderer.ts';
import type { Stage } from './stage.ts';

const maxFree = 200;

interface Flying {
  readonly element: HTMLElement;
  readonly animation: Animation;
}

export class DomRenderer implements Renderer {
  readonly #layer: HTMLElement;
  readonly #stage: Stage;
  readonly #clock: FlightClock;
  readonly #landed: Landed;
  readonly #pool = new ElementPool(makeDanmaku, maxFree);
  readonly #flying = new Map<Flight, Flying>();

  constructor(stage: Stage, clock: FlightClock, landed: Landed) {
    this.#stage = stage;
    this.#clock = clock;
    this.#landed = landed;
    this.#layer = document.createElement('div');
    this.#layer.className = 'danmux-flying';
    stage.setFlying(this.#layer);
  }

  get made(): number {
    return this.#pool.made;
  }

  show(flight: Flight): void {
    const element = this.#pool.acquire();
    dress(element, flight, this.#stage.look);
    this.#layer.append(element);
    const { from, to, top, start, end } = flight;
    const frames = [{ transform: `translate(${from}px, ${top}px)` }, { transform: `translate(${to}px, ${top}px)` }];
    const animation = element.animate(frames, { duration: Math.max(1, end - start), fill: 'both' });
    this.#flying.set(flight, { element, animation });
    this.#align(flight, animation);
    animation.onfinish = () => {
      this.remove(flight);
      this.#landed(flight);
    };
  }

  recount(flight: Flight): void {
    const flying = this.#flying.get(flight);
    if (!flying) return;
    flying.element.dataset['id'] = flight.id;
    count(flying.element, flight.count);
  }

  remove(flight: Flight): void {
    const flying = this.#flying.get(flight);
    if (!flying) return;
    this.#flying.delete(flight);
    flying.animation.onfinish = null;
    flying.animation.cancel();
    flying.element.remove();
    this.#pool.release(flying.element);
  }

  setRate(): void {
    for (const [flight, { animation }] of this.#flying) this.#align(flight, animation);
  }

  setOpacity(opacity: number): void {
    this.#layer.style.setProperty('--danmux-opacity', String(opacity));
  }

  destroy(): void {
    for (const flight of [...this.#flying.keys()]) this.remove(flight);
    this.#layer.remove();
  }

  /**
   * Synchronizes the animation with the flight clock. Otherwise the browser starts the animation when it draws the first frame; at low frame rates
   * that is late, and danmaku overlap.
   */
  #align({ start }: Flight, animation: Animation): void {
    const { rate } = this.#clock;
    const flown = this.#clock.now() - start;
    if (rate === 0) {
      animation.pause();
      animation.currentTime = flown;
      return;
    }
    if (animation.playbackRate !== rate) animation.playbackRate = rate;
    animation.startTime = performance.now() - flown / rate;
  }
}

function dress(element: HTMLElement, { item, id, text, height, size, count: repeats }: Flight, { fontFamily }: Stage['look']): void {
  (element.firstChild as Text).data = text;
  element.dataset['id'] = id;
  const { style } = element;
  style.color = item.color ?? '';
  style.fontSize = `${size}px`;
  style.fontFamily = fontFamily ?? '';
  style.lineHeight = `${height}px`;
  element.classList.toggle('danmux-own', item.own === true);
  element.part.toggle('own', item.own === true);
  count(element, repeats);
}

function count(element: HTMLElement, repeats: number): void {
  const badge = element.lastElementChild;
  if (repeats > 1) (badge ?? element.appendChild(makeBadge())).textContent = `×${repeats}`;
  else badge?.remove();
}

function makeBadge(): HTMLElement {
  const badge = document.createElement('span');
  badge.className = 'danmux-count';
  badge.part.add('count');
  return badge;
}

function makeDanmaku(): HTMLElement {
  const element = document.createElement('div');
  element.className = 'danmux-danmaku';
  element.part.add('danmaku');
  element.dataset['testid'] = 'danmaku';
  element.append('');
  return element;
}
