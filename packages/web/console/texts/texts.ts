// Chooses the language of the console's texts: the one that the operator chose before, otherwise that of the browser.
import { chinese, english, type Texts } from './languages.ts';

const storedUnder = 'danmux.console.language';
const chosen = localStorage.getItem(storedUnder) ?? navigator.language;

export const texts: Texts = chosen.toLowerCase().startsWith('zh') ? chinese : english;

/** Stores the operator's choice of language and reloads the page in that language. */
export function speak(language: string): void {
  localStorage.setItem(storedUnder, language);
  location.reload();
}
