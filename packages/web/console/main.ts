// Starts the console: one element that contains all others.
import './app.ts';
import { texts } from './texts/texts.ts';

document.documentElement.lang = texts.language;
