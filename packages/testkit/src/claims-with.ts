// A bus with only `claims`, for code that uses nothing else. A method that the test does not provide rejects.
import type { Bus, Claims } from '@danmux/bus';

export function claimsWith(methods: Partial<Claims>): Pick<Bus, 'claims'> {
  const fail = () => Promise.reject(new Error('not replaced by the test'));
  return { claims: { begin: fail, finish: fail, forget: fail, once: fail, ...methods } };
}
