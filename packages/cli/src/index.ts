// For programs that run danmux roles inside their own process, such as the tests.
export { composeNode, type Node, parseRoles, type RoleName, roleNames } from './roles.ts';
