// What is known of webhooks by those who configure, deliver and repair them: the api and the worker.
export { type CircuitState, circuitRecord, type ReadCircuit, readCircuit, writeCircuit } from './webhooks/circuit-state.ts';
export { type Consumer, type ConsumerCursor, readCursor, writeCursor } from './webhooks/consumer-cursor.ts';
export { type DeadLetter, DeadLetters, type ListedDeadLetter } from './webhooks/dead-letters.ts';
export { decodePlace, encodePlace, lowField, placeField, type RoomPlace, type ShardPlace, sliceLease, sliceOf, webhookSlices } from './webhooks/places.ts';
export { lowestOf, ProgressReader, type TargetProgress } from './webhooks/target-progress.ts';
export { targetVersion, type WebhookTarget, wantsEvent, webhookTargets } from './webhooks/targets.ts';
export { type ReplayResult, redeliverTries, type WebhookStatus, Webhooks } from './webhooks/webhooks.ts';
