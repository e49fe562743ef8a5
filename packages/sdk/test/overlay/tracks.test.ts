// No two texts of a line ever touch, whatever their widths.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tracks } from '../../src/overlay/tracks.ts';

const screen = 1_000;
const duration = 8_000;

test('texts of one line never overlap, and a free line is found again', () => {
  const tracks = new Tracks();
  tracks.resize(3);
  const flights: { track: number; start: number; width: number }[] = [];
  let random = 7;
  for (let now = 0; now < 120_000; now += 40) {
    random = (random * 16_807) % 2_147_483_647;
    const width = 30 + (random % 700);
    const track = tracks.find(width, screen, duration, now);
    if (track < 0) continue;
    tracks.take(track, width, now);
    flights.push({ track, start: now, width });
  }
  assert.ok(flights.length > 100, `${flights.length} flew`);
  const left = ({ start, width }: { start: number; width: number }, at: number) => screen - ((screen + width) * (at - start)) / duration;
  for (const [index, behind] of flights.entries()) {
    const before = flights.slice(0, index).findLast(({ track }) => track === behind.track);
    if (!before) continue;
    // Both fly straight: they touch nowhere if they do not at the start of one and the end of the other.
    for (const at of [behind.start, Math.max(behind.start, before.start + duration)]) {
      assert.ok(left(before, at) + before.width <= left(behind, at) + 1, `line ${behind.track} at ${at}`);
    }
  }
});

test('fewer lines keep what flies on those that stay', () => {
  const tracks = new Tracks();
  tracks.resize(2);
  tracks.take(0, 100, 0);
  tracks.resize(1);
  assert.equal(tracks.find(100, screen, duration, 0), -1);
  tracks.resize(2);
  assert.equal(tracks.find(100, screen, duration, 0), 1);
});
