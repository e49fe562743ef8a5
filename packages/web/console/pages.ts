// The pages of the console, as one table: the scope without which a page has nothing to show, and whether it shows all rooms at once, which
// the api tells no key that is for some rooms only.

export type Scope = 'publish' | 'moderate' | 'read' | 'admin';

export const pages = {
  cluster: { scope: 'read', allRooms: true },
  rooms: { scope: 'read', allRooms: false },
  messages: { scope: 'read', allRooms: false },
  reviews: { scope: 'read', allRooms: true },
  sanctions: { scope: 'read', allRooms: true },
  words: { scope: 'read', allRooms: true },
  jobs: { scope: 'read', allRooms: true },
  webhooks: { scope: 'admin', allRooms: true },
  audit: { scope: 'admin', allRooms: true },
} as const satisfies Record<string, { readonly scope: Scope; readonly allRooms: boolean }>;

export type PageName = keyof typeof pages;
export const pageNames = Object.keys(pages) as readonly PageName[];
