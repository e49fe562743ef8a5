// A bus that has only `claims`, for tests of code that uses no other part of the bus. Methods that the test does not provide reject.
import type { Bus, Claims } from '@danmux/bus';

export function claimsWith(methods: Partial<Claims>): Pick<Bus, 'claims'> {
  const fail = () => Promise.reject(new Error('not replaced by the test'));
  return { claims: { begin: fail, finish: fail, forget: fail, once: fail, ...methods } };
}
