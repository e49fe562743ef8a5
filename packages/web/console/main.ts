// The entry point of the console: loads its root element and sets the language of the page.
import './app.ts';
import { texts } from './texts/texts.ts';

document.documentElement.lang = texts.language;
