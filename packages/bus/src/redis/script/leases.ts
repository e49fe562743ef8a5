// The scripts of leases.
import { defineScript } from './define-script.ts';

export const leasesAcquire = defineScript({ file: 'leases-acquire', keys: ['lease', 'fence'], args: ['owner', 'ttlMs'] });
export const leasesRenew = defineScript({ file: 'leases-renew', keys: ['lease'], args: ['owner', 'token', 'ttlMs'] });
export const leasesRelease = defineScript({ file: 'leases-release', keys: ['lease'], args: ['owner', 'token'] });
