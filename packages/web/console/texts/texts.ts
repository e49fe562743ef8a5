// Chooses the console's texts: in the language that the operator has stored, or in the browser's.
import { chinese } from './chinese.ts';
import { english, type Texts } from './english.ts';

const storedUnder = 'danmux.console.language';
const chosen = localStorage.getItem(storedUnder) ?? navigator.language;

export const texts: Texts = chosen.toLowerCase().startsWith('zh') ? chinese : english;

/** Stores the language and reloads the page in it. */
export function speak(language: string): void {
  localStorage.setItem(storedUnder, language);
  location.reload();
}
