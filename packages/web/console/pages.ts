// The table of the console's pages, with the scope that each page requires. A page that shows all rooms is closed to keys limited to some rooms.

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
