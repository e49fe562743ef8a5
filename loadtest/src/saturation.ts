// Finds the highest sustained chat rate of a server: raises the rate in steps until the server falls behind, then bisects.
import type { Stage } from './stage.ts';
import type { Window } from './window.ts';

export interface SearchOptions {
  readonly viewers: number;
  readonly startRate: number;
  readonly maxRate: number;
  readonly stepSeconds: number;
  /** Maximum p99 of chat, in milliseconds, for a server that keeps up. */
  readonly p99Limit: number;
  /** Number of bisection steps between the last good and the first bad rate. */
  readonly narrow?: number;
}

interface Step extends Window {
  readonly rate: number;
  readonly keptUp: boolean;
  readonly why: string;
}

export interface Saturation {
  readonly steps: readonly Step[];
  /** The step with the most deliveries. */
  readonly most: Step;
  /** The highest step at which the server kept up; undefined when there is none. */
  readonly sustained: Step | undefined;
}

const growth = 1.7;
const deliveredShare = 0.95;

export async function findSaturation(stage: Stage, options: SearchOptions): Promise<Saturation> {
  const steps: Step[] = [];
  const run = async (rate: number): Promise<Step> => {
    const step = await runStep(stage, rate, options);
    steps.push(step);
    return step;
  };
  let good = 0;
  let bad = 0;
  for (let rate = options.startRate; bad === 0 && rate <= options.maxRate; rate *= growth) {
    if ((await run(Math.round(rate))).keptUp) good = rate;
    else bad = rate;
  }
  for (let left = options.narrow ?? 2; left > 0 && bad > 0 && good > 0; left--) {
    const rate = Math.sqrt(good * bad);
    if ((await run(Math.round(rate))).keptUp) good = rate;
    else bad = rate;
  }
  return { steps, most: mostOf(steps), sustained: sustainedOf(steps) };
}

async function runStep(stage: Stage, rate: number, { viewers, stepSeconds, p99Limit }: SearchOptions): Promise<Step> {
  await stage.publish({ chat: rate, gift: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const window = await stage.watch(stepSeconds, `at ${rate} messages/s`);
  await stage.drain();
  return { ...window, rate, ...judge(window, rate * viewers, p99Limit) };
}

/** Decides whether a step kept up; exported for its test. */
export function judge(window: Pick<Window, 'deliveriesPerSecond' | 'latencies'>, offered: number, p99Limit: number): { keptUp: boolean; why: string } {
  const p99 = window.latencies['chat']?.p99;
  if (p99 === undefined) return { keptUp: false, why: 'nothing arrived' };
  if (p99 > p99Limit) return { keptUp: false, why: `p99 ${p99} ms is above ${p99Limit} ms` };
  const share = window.deliveriesPerSecond / offered;
  if (share < deliveredShare) return { keptUp: false, why: `${Math.round(share * 100)} % of what was offered` };
  return { keptUp: true, why: 'kept up' };
}

const byDeliveries = (a: Step, b: Step) => b.deliveriesPerSecond - a.deliveriesPerSecond;

function mostOf(steps: readonly Step[]): Step {
  const [most] = [...steps].sort(byDeliveries);
  if (!most) throw new Error('the search ran no step');
  return most;
}

const sustainedOf = (steps: readonly Step[]): Step | undefined => steps.filter(({ keptUp }) => keptUp).sort(byDeliveries)[0];
