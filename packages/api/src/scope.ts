// What a key may be allowed, as one table. Every route names the one it needs in its `config`, or is public.
export const scopes = {
  publish: 'Send messages and broadcasts, sign viewer tokens, cancel what is delayed',
  moderate: 'Modes, recall, mutes, bans, kicks, word lists, reviews',
  read: 'Ask for anything that is not a secret',
  admin: 'Retry jobs, webhooks, keys, the audit log',
} as const;
export type Scope = keyof typeof scopes;

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: Scope;
  }
}
