// The console's texts in the operator's language: the stored choice, else the browser's.
import { chinese } from './chinese.ts';
import { english, type Texts } from './english.ts';

const storedUnder = 'danmux.console.language';
const chosen = localStorage.getItem(storedUnder) ?? navigator.language;

export const texts: Texts = chosen.toLowerCase().startsWith('zh') ? chinese : english;

/** Reloads the page in that language. */
export function speak(language: string): void {
  localStorage.setItem(storedUnder, language);
  location.reload();
}
