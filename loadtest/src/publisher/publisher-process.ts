// The program of the publisher process: creates its outlets and publishes at the requested rates.
import { answerCalls } from '../process/calls.ts';
import { DanmuxOutlet } from './danmux-outlet.ts';
import type { Outlet, OutletSpec } from './outlet.ts';
import { AdapterOutlet, EmitterOutlet, SocketOutlet } from './peer-outlet.ts';
import { Publisher, type PublisherPlan, type Rates } from './publisher.ts';

let publisher: Publisher | undefined;
const current = (): Publisher => {
  if (!publisher) throw new Error('the publisher has no plan');
  return publisher;
};

function makeOutlet(spec: OutletSpec): Outlet {
  switch (spec.kind) {
    case 'danmux':
      return new DanmuxOutlet(spec.url, spec.key);
    case 'emitter':
      return new EmitterOutlet(spec.redis);
    case 'socket':
      return new SocketOutlet(spec.host, spec.port);
    default:
      return new AdapterOutlet(spec.kind, spec.redis);
  }
}

answerCalls({
  plan: ({ plan, outlet }: { plan: PublisherPlan; outlet: OutletSpec }) => {
    publisher = new Publisher(plan, { chat: makeOutlet(outlet), gift: makeOutlet(outlet) });
  },
  rates: (rates: Rates) => {
    current().rates = rates;
  },
  tally: () => current().tally(),
  published: () => current().published(),
});
