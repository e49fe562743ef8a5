// Tracks: texts of any mode, width and height never touch, and no mode starves another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { course, leftAt, type Path } from '../../src/overlay/flight.ts';
import type { DanmakuMode } from '../../src/overlay/overlay-item.ts';
import { Tracks, type Wish } from '../../src/overlay/tracks.ts';

const screen = 1_000;
const duration = 8_000;

function wishOf(mode: DanmakuMode, width: number, start: number, height = 30): Wish {
  return { mode, ...course(mode, width, screen), width, height, start, end: start + (mode === 'top' || mode === 'bottom' ? duration / 2 : duration) };
}

function tracksOf(count: number): Tracks {
  const tracks = new Tracks();
  tracks.layout({ top: 0, bottom: count * 30, lineHeight: 30 });
  return tracks;
}

/** A seeded pseudo-random generator, so that every run uses the same numbers. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % below;
  };
}

/** Offers one danmaku every 40 ms for two minutes; removes those whose flight has ended. Returns all flights. */
function fly(tracks: Tracks, next: (now: number) => Wish): Path[] {
  const flown: Path[] = [];
  let flying: Path[] = [];
  for (let now = 0; now < 120_000; now += 40) {
    for (const path of flying) if (path.end <= now) tracks.delete(path);
    flying = flying.filter(({ end }) => end > now);
    const wish = next(now);
    const top = tracks.find(wish);
    if (top === undefined) continue;
    const path = { ...wish, top };
    tracks.add(path);
    flying.push(path);
    flown.push(path);
  }
  return flown;
}

/** Both move at constant speed: they never touch when one is on the same side of the other at the start and at the end of the time they share. */
function touches(a: Path, b: Path): boolean {
  const from = Math.max(a.start, b.start);
  const until = Math.min(a.end, b.end);
  if (until <= from || a.top >= b.top + b.height || b.top >= a.top + a.height) return false;
  const right = (now: number) => leftAt(b, now) >= leftAt(a, now) + a.width - 0.01;
  const left = (now: number) => leftAt(a, now) >= leftAt(b, now) + b.width - 0.01;
  return !((right(from) && right(until)) || (left(from) && left(until)));
}

function assertApart(flown: readonly Path[]): void {
  for (const [index, path] of flown.entries())
    for (const other of flown.slice(index + 1)) if (touches(path, other)) assert.fail(`${JSON.stringify(path)} touches ${JSON.stringify(other)}`);
}

test('scrolling texts of one line never overlap, and free lines are used again', () => {
  const random = randomFrom(7);
  const flown = fly(tracksOf(3), (now) => wishOf('scroll', 30 + random(700), now));
  assert.ok(flown.length > 100, `${flown.length} flew`);
  assertApart(flown);
});

test('texts of different modes and heights never overlap, and every mode gets lines', () => {
  const random = randomFrom(11);
  const modes: readonly DanmakuMode[] = ['scroll', 'scroll', 'scroll', 'scroll', 'top', 'bottom', 'reverse'];
  const flown = fly(tracksOf(8), (now) => wishOf(modes[random(modes.length)] ?? 'scroll', 30 + random(300), now, random(5) === 0 ? 42 : 30));
  assertApart(flown);
  for (const mode of new Set(modes)) {
    const count = flown.filter((path) => path.mode === mode).length;
    assert.ok(count > 15, `${count} of ${mode}`);
  }
});

test('fixed texts take the outermost lines', () => {
  const tracks = tracksOf(4);
  assert.equal(tracks.find(wishOf('top', 100, 0)), 0);
  assert.equal(tracks.find(wishOf('bottom', 100, 0)), 90);
  assert.equal(tracks.find(wishOf('bottom', 100, 0, 42)), 60, 'a box of two lines ends at the bottom');
});

test('after a new layout no text starts where an older flight overlaps one or two of the new lines', () => {
  const tracks = tracksOf(2);
  tracks.add({ ...wishOf('scroll', 100, 0), top: 0 });
  tracks.layout({ top: 15, bottom: 75, lineHeight: 30 });
  assert.equal(tracks.find(wishOf('scroll', 100, 0)), 45);
  tracks.layout({ top: 0, bottom: 10, lineHeight: 30 });
  assert.deepEqual([tracks.count, tracks.find(wishOf('scroll', 100, 0))], [1, undefined]);
});

test('on a narrowed screen no text starts behind one that has not fully entered', () => {
  const tracks = tracksOf(1);
  tracks.add({ ...wishOf('scroll', 200, 0), top: 0 });
  const narrow = (start: number): Wish => ({ ...wishOf('scroll', 50, start), ...course('scroll', 50, 500) });
  assert.equal(tracks.find(narrow(3_000)), undefined);
  assert.equal(tracks.find(narrow(6_000)), 0);
});

test('a text that must be shown gets the line with the fewest collisions', () => {
  const tracks = tracksOf(2);
  tracks.add({ ...wishOf('scroll', 300, 0), top: 0 });
  assert.equal(tracks.leastCrowded(wishOf('scroll', 300, 10)), 30);
  tracks.add({ ...wishOf('scroll', 300, 0), top: 30 });
  assert.equal(tracks.leastCrowded(wishOf('scroll', 300, 10)), 0);
});
