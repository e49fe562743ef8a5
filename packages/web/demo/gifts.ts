// The demo's gifts. Their pictures are SVG instead of emoji, because not every system has an emoji font.
import type { GiftChoice } from '@danmux/sdk-elements';
import { texts } from './texts.ts';

const shapes: Readonly<Record<keyof typeof texts.gifts, readonly [price: number, shape: string]>> = {
  rose: [
    1,
    '<path fill="#3fae5a" d="M15 17h2l1 13h-3z"/><path fill="#3fae5a" d="M17 25c4-5 8-4 9-3-2 4-6 5-9 3z"/><circle cx="16" cy="11" r="8" fill="#e63462"/><path d="M11 11a5 5 0 0 1 10 0 5 5 0 0 1-8 3" fill="none" stroke="#ff9db5" stroke-width="2"/>',
  ],
  star: [5, '<path fill="#ffc93c" d="m16 3 4 8.500 9 1.200-6.600 6.400 1.700 9.100L16 23.800 7.900 28.200l1.700-9.100L3 12.700l9-1.200z"/>'],
  crown: [66, '<path fill="#ffb02e" d="m3 9 7 6 6-10 6 10 7-6-3 17H6z"/><circle cx="16" cy="20" r="2.500" fill="#e63462"/>'],
  car: [
    200,
    '<path fill="#ff5a5f" d="M2 20c0-3 3-4 6-4l5-5h8l4 5c4 0 5 2 5 5v2H2z"/><path fill="#cfe8ff" d="M11 16l3-3h6l2 3z"/><circle cx="9" cy="23" r="3.500" fill="#222"/><circle cx="23" cy="23" r="3.500" fill="#222"/>',
  ],
  rocket: [
    500,
    '<path fill="#e9ecff" d="M16 2c5 4 6 9 6 14l-2 6h-8l-2-6c0-5 1-10 6-14z"/><circle cx="16" cy="12" r="3" fill="#4d8dff"/><path fill="#ff5a5f" d="M10 17l-4 5v5l5-4zM22 17l4 5v5l-5-4z"/><path fill="#ffc93c" d="M13 23h6l-3 8z"/>',
  ],
  castle: [
    1_888,
    '<path fill="#b48cff" d="M5 28V11l4-5 4 5v4h6v-4l4-5 4 5v17z"/><path fill="#6a3fd1" d="M14 28v-5a2 2 0 0 1 4 0v5zM8 13h2v4H8zm14 0h2v4h-2z"/>',
  ],
};

export const gifts: readonly GiftChoice[] = Object.entries(shapes).map(([id, [price, shape]]) => ({
  id,
  name: texts.gifts[id as keyof typeof texts.gifts],
  price,
  image: `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape}</svg>`)}`,
}));
