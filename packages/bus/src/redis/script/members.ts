// The scripts of members.
import { defineScript } from './define-script.ts';

export const membersAnnounce = defineScript({ file: 'members-announce', keys: ['members'], args: ['id', 'description', 'ttlMs'] });
export const membersList = defineScript({ file: 'members-list', keys: ['members'], args: [] });
