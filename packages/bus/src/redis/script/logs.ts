// The scripts that append to logs: named logs and the event log.
import { defineScript } from './define-script.ts';

export const logsAppend = defineScript({ file: 'logs-append', keys: ['log'], args: ['cap', 'texts…'] });
export const eventsEmit = defineScript({ file: 'events-emit', keys: ['log', 'ledger'], args: ['cap', 'publishCommand', 'channel', 'events…'] });
