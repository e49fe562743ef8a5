// The worker's side of webhooks: gives every target its events.
export { WebhookWork } from './delivery/webhook-work.ts';
