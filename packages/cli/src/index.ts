// For programs that run danmux inside their own process: the tests do.
export { composeNode, type Node, parseRoles, type RoleName, roleNames } from './roles.ts';
