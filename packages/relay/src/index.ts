// The broadcast tier.
export { type BuiltCommit, buildCommit } from './commit-builder.ts';
export { RelayRole } from './relay.ts';
