// The list of players: its links keep the room that the page was opened with.
for (const link of document.querySelectorAll<HTMLAnchorElement>('a')) link.search = location.search;
