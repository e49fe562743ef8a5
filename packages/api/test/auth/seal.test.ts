// An encrypted text can be decrypted only under its secret, purpose and place, and only unchanged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seal } from '../../src/auth/seal.ts';

const secret = 's'.repeat(32);

test('a text decrypts to itself, and encrypts differently each time', () => {
  const seal = new Seal(secret, 'a');
  const sealed = seal.close('dms_小明', 'shop');
  assert.ok(!Buffer.from(sealed, 'base64url').includes('dms_'), 'it does not show');
  assert.equal(new Seal(secret, 'a').open(sealed, 'shop'), 'dms_小明');
  assert.notEqual(seal.close('dms_小明', 'shop'), sealed);
  assert.equal(seal.open(seal.close('', ''), ''), '');
});

test('another secret, purpose or place, a changed byte or an empty text decrypts to null', () => {
  const seal = new Seal(secret, 'a');
  const sealed = seal.close('text', 'shop');
  assert.equal(new Seal('t'.repeat(32), 'a').open(sealed, 'shop'), null);
  assert.equal(new Seal(secret, 'b').open(sealed, 'shop'), null);
  assert.equal(seal.open(sealed, 'other'), null);
  const bytes = Buffer.from(sealed, 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.equal(seal.open(changed.toString('base64url'), 'shop'), null, `byte ${i}`);
  }
  for (const wrong of ['', 'x', sealed.slice(0, 20), '!!!']) assert.equal(seal.open(wrong, 'shop'), null);
});
