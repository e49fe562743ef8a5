// The icons of the elements' buttons as SVG, because not every system has a font with these symbols.
import { html, svg, type TemplateResult } from 'lit';

const icon = (path: TemplateResult) => html`<svg width="20" height="20" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">${path}</svg>`;

export const giftIcon = icon(
  svg`<path d="M12 7c-1-3-3-4-4.500-3.500S6 6.500 8 7H3v4h8V7h2v4h8V7h-5c2-.5 2-3 .500-3.500S13 4 12 7zM4 12.500V21h7v-8.500zm9 0V21h7v-8.500z"/>`,
);
export const slidersIcon = icon(
  svg`<path d="M3 6h9.200a3 3 0 0 1 5.600 0H21v2h-3.200a3 3 0 0 1-5.600 0H3zm0 10h3.200a3 3 0 0 1 5.600 0H21v2h-9.200a3 3 0 0 1-5.600 0H3z"/>`,
);
