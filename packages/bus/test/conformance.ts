// The conformance suite: tests every contract in src/contract. The test file of each engine runs it.
import { afterEach, describe } from 'node:test';
import type { Engine, MakeEngine } from './conformance/case-kit.ts';
import { idempotencyCases } from './conformance/claims-cases.ts';
import { onceCases } from './conformance/claims-once-cases.ts';
import { cursorCases } from './conformance/cursors-cases.ts';
import { eventCases } from './conformance/events-cases.ts';
import { subscriptionCases } from './conformance/frames-cases.ts';
import { ingressCases } from './conformance/ingress-cases.ts';
import { publishCases } from './conformance/ingress-publish-cases.ts';
import { leaseCases } from './conformance/leases-cases.ts';
import { logCases } from './conformance/logs-cases.ts';
import { memberCases } from './conformance/members-cases.ts';
import { audienceCases } from './conformance/presence-audience-cases.ts';
import { presenceCases } from './conformance/presence-cases.ts';
import { receiptCases } from './conformance/receipts-cases.ts';
import { recordCases } from './conformance/records-cases.ts';
import { runOnceCases } from './conformance/run-once-cases.ts';
import { streamCases } from './conformance/streams-cases.ts';
import { commitCases } from './conformance/streams-commit-cases.ts';
import { epochCases } from './conformance/streams-epoch-cases.ts';
import { recallAllCases } from './conformance/streams-recall-all-cases.ts';
import { recallCases } from './conformance/streams-recall-cases.ts';
import { traceCases } from './conformance/traces-cases.ts';
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
    runOnceCases(engine);
    recordCases(engine);
    recallCases(engine);
    recallAllCases(engine);
    cursorCases(engine);
    eventCases(engine);
    logCases(engine);
    receiptCases(engine);
    traceCases(engine);
    trafficCases(engine);
  });
}
