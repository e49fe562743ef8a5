// The relay role: orders, paces and fans out the messages of rooms.
export { type BuiltCommit, buildCommit } from './commit-builder.ts';
export { RelayRole } from './relay.ts';
