// Begins the console: one element that holds everything else.
import './app.ts';
import { texts } from './texts/texts.ts';

document.documentElement.lang = texts.language;
