// The program of one swarm process: a swarm that is told what to do over IPC.
import { answerCalls, tell } from '../process/calls.ts';
import { usageOf } from '../process/usage.ts';
import { type OpenOptions, type Published, Swarm, type SwarmPlan } from './swarm.ts';

let swarm: Swarm | undefined;
const current = (): Swarm => {
  if (!swarm) throw new Error('the swarm has no plan');
  return swarm;
};

answerCalls({
  plan: (plan: SwarmPlan) => {
    swarm = new Swarm(plan, (joined) => tell({ joined }));
  },
  open: (options: OpenOptions) => current().open(options),
  pause: (share: number) => current().pause(share),
  cut: () => current().cut(),
  tally: () => ({ ...current().tally(), usage: usageOf([process.pid]) }),
  verdict: (published: Published) => current().verdict(published),
});
