// The webhook targets of a config: their secrets, one or two, and what is refused at the start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '@danmux/runtime';
import { testConfig } from '@danmux/testkit/unit';
import { targetVersion, type WebhookTarget, webhookTargets } from '../src/targets.ts';

const [newest, older, third] = ['n', 'o', 't'].map((letter) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`) as [string, string, string];
const url = 'https://hooks.example/';

function targetsOf(set: Readonly<Record<string, unknown>>): readonly WebhookTarget[] {
  return webhookTargets(testConfig(set));
}
const listed = (secret: unknown) => targetsOf({ 'webhooks.targets': [{ id: 'shop', url, secret }] });
const alone = (secret: string) => targetsOf({ 'webhooks.url': url, 'webhooks.secret': secret });

test('a target has one secret, or two while it is changed, the newest first', () => {
  assert.deepEqual(listed(newest), [{ id: 'shop', url, secrets: [newest] }]);
  assert.deepEqual(listed([newest, older]), [{ id: 'shop', url, secrets: [newest, older] }]);
  assert.deepEqual(alone(newest), [{ id: 'default', url, secrets: [newest] }]);
  assert.deepEqual(alone(` ${newest}  ${older} `), [{ id: 'default', url, secrets: [newest, older] }]);
});

test('a missing, an invalid and a third secret fail the start, and are not in the error', () => {
  for (const secret of ['', ' ', 'whsec_short', `${newest} hunter2`, `${newest} ${older} ${third}`]) {
    assert.throws(() => alone(secret), refused);
  }
  for (const secret of [[], [newest, older, third], [newest, 'hunter2'.repeat(4).concat('!')], 5, [newest, `${older} ${third}`]]) {
    assert.throws(() => listed(secret), refused);
  }

  function refused(error: Error): boolean {
    assert.ok(error instanceof ConfigError, error.stack ?? '');
    for (const secret of [newest, older, third, 'hunter2']) assert.ok(!error.message.includes(secret), error.message);
    return true;
  }
});

test('a target with another secret has another version', () => {
  const versions = [newest, older, [newest, older], [older, newest]].flatMap((secret) => listed(secret).map(targetVersion));
  assert.equal(new Set(versions).size, 4);
  assert.deepEqual(listed(newest).map(targetVersion), listed([newest]).map(targetVersion));
});
