// The list of player pages: passes the query, which names the room, on to the links.
for (const link of document.querySelectorAll<HTMLAnchorElement>('a')) link.search = location.search;
