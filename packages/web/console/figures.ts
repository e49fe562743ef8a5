// Formats numbers, sizes and times in the language of the console.
import { serverTime } from './server-time.ts';
import { texts } from './texts/texts.ts';

const whole = new Intl.NumberFormat(texts.language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(texts.language, { notation: 'compact', maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat(texts.language, { maximumFractionDigits: 1 });
const timeOfDay = new Intl.DateTimeFormat(texts.language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dayAndTime = new Intl.DateTimeFormat(texts.language, { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });
const dayMs = 86_400_000;

/** Shown for a missing number. */
export const none = '–';

export function count(value: number | undefined | null): string {
  return value === undefined || value === null ? none : whole.format(value);
}

/** Formats numbers from 10,000 in compact form: 1.2M instead of 1,204,118. */
export function compact(value: number | undefined | null): string {
  if (value === undefined || value === null) return none;
  return Math.abs(value) < 10_000 ? tenths.format(value) : short.format(value);
}

export function perSecond(value: number | undefined | null): string {
  return value === undefined || value === null ? none : texts.perSecond(compact(value));
}

export function milliseconds(value: number | undefined | null): string {
  return value === undefined || value === null ? none : `${tenths.format(value)} ms`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined) return none;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let left = value;
  let unit = 0;
  while (left >= 1_024 && unit < units.length - 1) {
    left /= 1_024;
    unit++;
  }
  return `${tenths.format(left)} ${units[unit]}`;
}

/** Formats a duration in one unit: 90 s, 12 min, 3 h, 2 d. */
export function span(ms: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [dayMs, texts.units.days],
    [3_600_000, texts.units.hours],
    [60_000, texts.units.minutes],
  ];
  const [size, unit] = steps.find(([least]) => ms >= least * 1.5) ?? [1_000, texts.units.seconds];
  return `${whole.format(Math.max(0, ms) / size)} ${unit}`;
}

/** The time of day, with the date when it is more than 12 hours away. */
export function moment(at: number): string {
  return Math.abs(serverTime() - at) < dayMs / 2 ? timeOfDay.format(at) : dayAndTime.format(at);
}

export function sum(counts: Readonly<Record<string, number>> | undefined | null): number | undefined {
  return counts ? Object.values(counts).reduce((total, value) => total + value, 0) : undefined;
}
