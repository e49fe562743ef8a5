// Webhooks: writing events, the configured targets, the state of each target, dead letters. `./delivery` sends the requests.
export { type CircuitState, circuitRecord, type ReadCircuit, readCircuit, writeCircuit } from './circuit-state.ts';
export { type Consumer, type ConsumerCursor, readCursor, writeCursor } from './cursor.ts';
export { type DeadLetter, DeadLetters, type ListedDeadLetter } from './dead-letters.ts';
export { EventListener } from './event-listener.ts';
export { EventWriter } from './event-writer.ts';
export { LogTrim } from './log-trim.ts';
export { type ReplayResult, type WebhookStatus, Webhooks } from './status.ts';
export type { TargetWorkers, UnlistedTarget } from './target-workers.ts';
export { everyRoom, targetVersion, type WebhookTarget, wanted, webhookTargets } from './targets.ts';
