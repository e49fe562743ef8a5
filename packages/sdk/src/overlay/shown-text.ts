// Shortens a user's text to the displayed form: one line of at most 100 characters.

const maxCharacters = 100;

export function shownText(text: string): string {
  // Cut before the regular expression runs: the text may be as long as a whole message.
  const line = text
    .slice(0, maxCharacters * 8)
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxCharacters ? line : `${characters.slice(0, maxCharacters).join('')}…`;
}
