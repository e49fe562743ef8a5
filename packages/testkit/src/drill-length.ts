// How long the drills among the tests take: in `npm test` as short as the faults allow, in `npm run drills` their full time.

/** Whether the full drills run. */
export const fullDrills = process.env['DANMUX_DRILLS'] === 'full';

/** Returns the length of a fault, in milliseconds. */
export const drillMs = (full: number, short: number): number => (fullDrills ? full : short);
