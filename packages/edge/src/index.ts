// Holds viewer connections.
export { EdgeRole } from './edge.ts';
