// Signs a payload as danmux does, with the library of Standard Webhooks:  node sign-webhook.mjs ID TIMESTAMP SECRET… < payload
// Prints one signature for each secret.
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const [id, timestamp, ...secrets] = process.argv.slice(2);
const payload = await text(process.stdin);
console.log(secrets.map((secret) => new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), payload)).join(' '));
