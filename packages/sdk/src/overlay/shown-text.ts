// The displayed form of a user's text: one line of bounded length.

const maxCharacters = 100;

export function shownText(text: string): string {
  // Cut first: a text may be as long as a message.
  const line = text
    .slice(0, maxCharacters * 8)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxCharacters ? line : `${characters.slice(0, maxCharacters).join('')}…`;
}
