// A store that confirms at once, as under `redis.ack: local`.
import type { Bus, Ingress } from '@danmux/bus';

export const localStore = confirmingStore(async () => {});

/** A bus whose ingress can only confirm. */
export function confirmingStore(confirm: Ingress['confirm']): Pick<Bus, 'ingress'> {
  const refuse = () => Promise.reject(new Error('jobs only confirm'));
  return { ingress: { confirm, publish: refuse, read: refuse, listen: refuse } };
}
