// The table of webhook events: the name of each, when it is sent, and the fields of its `data`. Every event has the form `{id, type, room, ts,
// data}`. The packages that send an event test its `data`.

/** When each webhook event is sent, and the fields of its `data`. */
export const webhookEvents = {
  'room.occupied': 'The first viewer joined a room. data: {online}',
  'room.vacated': 'The last viewer left a room, and nobody joined within webhooks.vacated_after_ms. data: {}',
  'room.users':
    'Users joined or left a room on one edge, collected over one second; `joined` and `left` list at most 100 users each. data: {joined: [{id, name?}], left: [{id}], online, joined_more?, left_more?}',
  'message.sent': 'Messages were sent to a room, in order, up to 100 in one event. data: {messages: [Msg]}',
  'message.receipts': 'The receipt timeout of a message with `receipt: true` ended. data: {id, sent, received, missing}',
  'moderation.recall': 'A message was recalled, or all messages of a user or a room were. data: {id, by}, {user, by} or {all: true, by}',
  'moderation.sanction':
    'A user was muted, banned or kicked, or a mute or ban was lifted; room is `*` when the sanction applies to every room. data: {kind, user, lifted, reason?, until?, by}',
  'moderation.modes': "A room's modes were changed. data: {modes, by}",
  'moderation.held': 'A message waits for review. data: HeldMessage',
} as const;

/** The name of a webhook event. */
export type WebhookEventName = keyof typeof webhookEvents;

/** Body of a webhook request. Delivery is at least once: deduplicate by `id`. */
export interface WebhookEvent {
  /** Unique id, also in the `webhook-id` header; the same in every delivery attempt. */
  readonly id: string;
  readonly type: WebhookEventName;
  readonly room: string;
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly data: unknown;
}
