// The package of the edge role, which holds the connections of viewers.
export { EdgeRole } from './edge.ts';
