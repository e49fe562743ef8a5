// Loads the YAML of a page as danmux loads default.yaml, with real values in place of the abbreviated ones.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '@danmux/runtime';

type Variables = Readonly<Record<string, string | undefined>>;

const webhookSecret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32) };

/** The public key that stands for `-----BEGIN PUBLIC KEY-----` … in a page, with its indentation. */
function withPublicKey(text: string): string {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString().trim();
  return text.replace(/^( *)-----BEGIN PUBLIC KEY-----\n *…\n *-----END PUBLIC KEY-----$/m, (_all, indent: string) => pem.replace(/^/gm, indent));
}

/** Throws when danmux would refuse to start with these settings. */
export function loadSettings(yaml: string, env: Variables = {}): Config {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-settings-'));
  try {
    writeFileSync(join(dir, 'default.yaml'), withPublicKey(yaml).replaceAll('whsec_…', webhookSecret));
    return loadConfig({ environment: 'test', dir, env, set: secrets, secretsDir: dir }).config;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
