// The scripts that ask the Redis node of a key about the node itself.
import { defineScript } from './define-script.ts';

export const timeRead = defineScript({ file: 'time-read', keys: ['key'], args: [] });
export const framesSubscribed = defineScript({ file: 'frames-subscribed', keys: ['heads'], args: ['subcommand', 'channel'] });
