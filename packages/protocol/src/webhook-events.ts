// What webhooks tell, as one table: an event's name and when it happens. The shape of every one is
// `{id, type, room, ts, data}`; `data` is described here in words and checked by the tests of who emits it.

export const webhookEvents = {
  'room.occupied': 'The first viewer came into a room. data: {online}',
  'room.vacated': 'The last viewer left a room, and nobody came back within webhooks.vacated_after_ms. data: {}',
  'room.users':
    'Users came to or left a room on one edge, put together over a second; a hundred are named each way. data: {joined: [{id, name?}], left: [{id}], online, joined_more?, left_more?}',
  'message.sent': 'Messages were sent to a room, in order, up to 100 at once. data: {messages: [Msg]}',
  'message.receipts': 'The time-out of a message that asked for receipts is over. data: {id, sent, received, missing}',
  'moderation.recall': 'A message was taken back. data: {id, by}',
  'moderation.sanction':
    'A user was muted, banned or kicked, or a mute or ban was lifted; room is `*` when it is of every room. data: {kind, user, lifted, reason?, until?, by}',
  'moderation.modes': "A room's modes were changed. data: {modes, by}",
  'moderation.held': 'A message waits for review. data: HeldMessage',
} as const;

export type WebhookEventName = keyof typeof webhookEvents;

export interface WebhookEvent {
  /** Unique; the webhook-id header, the same at every try. */
  readonly id: string;
  readonly type: WebhookEventName;
  readonly room: string;
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly data: unknown;
}
