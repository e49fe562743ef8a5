// The kinds of keys that danmux stores in Redis, matched by name, each with its purpose and lifetime.

export interface KeyKind {
  readonly name: string;
  readonly form: RegExp;
  readonly does: string;
}

/** The first matching row applies. */
export const kinds: readonly KeyKind[] = [
  { name: 'stream', form: /:room:.*:(control|gift|chat)$/, does: "a lane's history of a room, 2 h after its last message" },
  { name: 'heads', form: /:room:.*:heads$/, does: 'epoch and offsets of a room, 2 h 10 min after the last use' },
  { name: 'recalled', form: /:room:.*:(recalled|.*-tombstones)$/, does: 'ids taken back, 2 h' },
  { name: 'online', form: /:room:.*:online$/, does: 'connections of a room by edge, while there are any' },
  { name: 'roster', form: /:room:.*:roster$/, does: 'members of a room by edge, while there are any' },
  { name: 'seen', form: /:seen:/, does: 'ids of messages already accepted, messages.dedupe_gift_ms or dedupe_chat_ms' },
  { name: 'trace', form: /:trace:/, does: 'hops of a traced message, 10 min' },
  { name: 'traffic', form: /:traffic:/, does: 'what was sent and shed in a room, 1 h after the last' },
  { name: 'idempotency', form: /:idempotency:/, does: 'answers to Idempotency-Keys, api.idempotency_ttl_ms' },
  { name: 'receipt', form: /:receipt:/, does: 'counts of a message with receipts, receipts.kept_ms' },
  { name: 'once', form: /:once:/, does: 'nonces and other keys taken once' },
  { name: 'record', form: /:\{?record(s|-names|-ends)?(:|\}|$)/, does: 'modes and sanctions of rooms, word lists, keys: as long as they are in force' },
  { name: 'members', form: /:members$/, does: 'the processes of the cluster' },
  { name: 'ingress', form: /:in:(control|gift|chat|ambient)$/, does: 'what waits for a relay' },
  { name: 'events', form: /:events$/, does: 'what webhooks and the archive have not got yet, at most webhooks.log_events a shard' },
  { name: 'shard', form: /:(lease|fence|ledger|online)$/, does: 'one of each a shard' },
  { name: 'log', form: /:log:/, does: 'audit, dead letters, samples: each with a cap' },
  { name: 'job', form: /bull|jobs/, does: 'delayed messages, broadcasts, repeated work' },
];

export function kindOf(key: string): string {
  return kinds.find(({ form }) => form.test(key))?.name ?? 'other';
}
