// The list of players: its links keep the room of the page.
for (const link of document.querySelectorAll<HTMLAnchorElement>('a')) link.search = location.search;
