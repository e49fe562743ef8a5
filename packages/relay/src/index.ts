// The broadcast tier.
export { type Fanned, fanOut } from './fan-out.ts';
export { RelayRole } from './relay.ts';
