// The worker's side of webhooks: delivers events to targets.
export { WebhookWork } from './delivery/webhook-work.ts';
