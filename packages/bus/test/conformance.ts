// What every engine must do, sentence by sentence of the contract in src/bus.ts. Each engine's test file runs it.
import { afterEach, describe } from 'node:test';
import { audienceCases } from './conformance/audience-cases.ts';
import type { Engine, MakeEngine } from './conformance/case-kit.ts';
import { commitCases } from './conformance/commit-cases.ts';
import { cursorCases } from './conformance/cursor-cases.ts';
import { epochCases } from './conformance/epoch-cases.ts';
import { eventCases } from './conformance/event-cases.ts';
import { idempotencyCases } from './conformance/idempotency-cases.ts';
import { ingressCases } from './conformance/ingress-cases.ts';
import { leaseCases } from './conformance/lease-cases.ts';
import { logCases } from './conformance/log-cases.ts';
import { memberCases } from './conformance/member-cases.ts';
import { onceCases } from './conformance/once-cases.ts';
import { presenceCases } from './conformance/presence-cases.ts';
import { publishCases } from './conformance/publish-cases.ts';
import { recallCases } from './conformance/recall-cases.ts';
import { receiptCases } from './conformance/receipt-cases.ts';
import { recordCases } from './conformance/record-cases.ts';
import { streamCases } from './conformance/stream-cases.ts';
import { subscriptionCases } from './conformance/subscription-cases.ts';
import { traceCases } from './conformance/trace-cases.ts';
import { trafficCases } from './conformance/traffic-cases.ts';

export function busConformance(name: string, make: MakeEngine): void {
  describe(`${name} keeps the contract of the bus`, () => {
    let open: Engine[] = [];
    afterEach(async () => {
      await Promise.all(open.map((engine) => engine.close()));
      open = [];
    });
    const engine: MakeEngine = async (set) => {
      const made = await make(set);
      open.push(made);
      return made;
    };
    publishCases(engine);
    ingressCases(engine);
    commitCases(engine);
    streamCases(engine);
    epochCases(engine);
    subscriptionCases(engine);
    leaseCases(engine);
    presenceCases(engine);
    audienceCases(engine);
    memberCases(engine);
    idempotencyCases(engine);
    onceCases(engine);
    recordCases(engine);
    recallCases(engine);
    cursorCases(engine);
    eventCases(engine);
    logCases(engine);
    receiptCases(engine);
    traceCases(engine);
    trafficCases(engine);
  });
}
