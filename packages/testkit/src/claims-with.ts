// A bus of claims alone, for what needs no more; a call that a test does not replace fails.
import type { Bus, Claims } from '@danmux/bus';

export function claimsWith(methods: Partial<Claims>): Pick<Bus, 'claims'> {
  const fail = () => Promise.reject(new Error('not replaced by the test'));
  return { claims: { begin: fail, finish: fail, forget: fail, once: fail, ...methods } };
}
