// The pages of the console, as one table: the scope without which a page has nothing to show.

export type Scope = 'publish' | 'moderate' | 'read' | 'admin';

export const pages = {
  cluster: { scope: 'read' },
  rooms: { scope: 'read' },
  messages: { scope: 'read' },
  reviews: { scope: 'read' },
  sanctions: { scope: 'read' },
  words: { scope: 'read' },
  jobs: { scope: 'read' },
  webhooks: { scope: 'admin' },
  audit: { scope: 'admin' },
} as const satisfies Record<string, { readonly scope: Scope }>;

export type PageName = keyof typeof pages;
export const pageNames = Object.keys(pages) as readonly PageName[];
