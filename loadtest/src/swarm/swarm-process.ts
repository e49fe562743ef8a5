// The program of a swarm process: a swarm controlled over IPC.
import { answerCalls, sendEvent } from '../process/calls.ts';
import { usageOf } from '../process/usage.ts';
import { Swarm } from './swarm.ts';
import type { OpenOptions, Published, SwarmPlan } from './swarm-calls.ts';

let swarm: Swarm | undefined;
const current = (): Swarm => {
  if (!swarm) throw new Error('the swarm has no plan');
  return swarm;
};

answerCalls({
  plan: (plan: SwarmPlan) => {
    swarm = new Swarm(plan, (joined) => sendEvent({ joined }));
  },
  open: (options: OpenOptions) => current().open(options),
  pause: (share: number) => current().pause(share),
  cut: () => current().cut(),
  tally: () => ({ ...current().tally(), usage: usageOf([process.pid]) }),
  verdict: (published: Published) => current().verdict(published),
});
