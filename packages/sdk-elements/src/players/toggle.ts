// The button in players' control bars that turns danmaku on and off: icon, labels and state. The adapters insert it.
import type { PlayerDanmaku } from './player-danmaku.ts';

const space = 'http://www.w3.org/2000/svg';
const isChinese = () => (document.documentElement.lang || navigator.language).toLowerCase().startsWith('zh');

/** Labels in the page's language. */
export const labels = () =>
  isChinese()
    ? { danmaku: '弹幕', opacity: '不透明度', speed: '速度', area: '显示区域' }
    : { danmaku: 'Danmaku', opacity: 'Opacity', speed: 'Speed', area: 'Area' };

/** Creates the icon, a frame with lines of text. While danmaku are off, `followDanmaku` shows a stroke through the icon. */
export function toggleIcon(size = 22): SVGElement {
  const icon = document.createElementNS(space, 'svg');
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor' }))
    icon.setAttribute(name, String(value));
  icon.setAttribute('stroke-width', '2');
  icon.setAttribute('stroke-linecap', 'round');
  icon.setAttribute('aria-hidden', 'true');
  // Inline styles, because players set colour and size of elements in their control bars.
  Object.assign(icon.style, { display: 'block', width: `${size}px`, height: `${size}px`, pointerEvents: 'none' });
  icon.append(path('M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z'), path('M7 9h4M14 9h3M7 14h2M12 14h5'));
  const stroke = path('M3 21 21 3');
  stroke.setAttribute('class', 'danmux-off');
  stroke.style.display = 'none';
  icon.append(stroke);
  return icon;
}

/** Creates a button for control bars whose player offers no API for buttons. */
export function makeToggle(danmaku: PlayerDanmaku): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(toggleIcon());
  const look = { display: 'inline-flex', alignItems: 'center', justifyContent: 'center', padding: '0', border: '0', background: 'none' };
  Object.assign(button.style, { ...look, color: 'inherit', cursor: 'pointer', width: '40px', height: '100%' });
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    danmaku.toggle();
  });
  followDanmaku(button, danmaku);
  return button;
}

/** Labels a button with a `toggleIcon`, and updates it when danmaku are turned on or off. */
export function followDanmaku(button: Element, danmaku: PlayerDanmaku): void {
  button.classList.add('danmux-toggle');
  button.setAttribute('data-testid', 'danmaku-toggle');
  button.setAttribute('aria-label', labels().danmaku);
  button.setAttribute('title', labels().danmaku);
  danmaku.whenChanged(() => {
    button.setAttribute('aria-pressed', String(danmaku.on));
    const stroke = button.querySelector<SVGElement>('.danmux-off');
    if (stroke) stroke.style.display = danmaku.on ? 'none' : 'inline';
  });
}

function path(d: string): SVGElement {
  const element = document.createElementNS(space, 'path');
  element.setAttribute('d', d);
  // DPlayer's CSS sets a fill on every path in its control bar; this style overrides it.
  element.style.fill = 'none';
  return element;
}
