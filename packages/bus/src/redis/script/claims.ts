// The scripts of claims.
import { defineScript } from './define-script.ts';

export const claimsBegin = defineScript({ file: 'claims-begin', keys: ['record'], args: ['bodyHash', 'claim', 'claimTtlMs'] });
export const claimsFinish = defineScript({ file: 'claims-finish', keys: ['record'], args: ['bodyHash', 'claim', 'answer', 'ttlMs'] });
export const claimsForget = defineScript({ file: 'claims-forget', keys: ['record'], args: ['claim'] });
export const claimsOnce = defineScript({ file: 'claims-once', keys: ['key'], args: ['ttlMs'] });
