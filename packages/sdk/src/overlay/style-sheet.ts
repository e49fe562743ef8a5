// The overlay's style sheet. The page's rules override it, because `:where` has no specificity. It is an adopted style sheet instead of a <style>
// element, so that it works inside shadow roots and under a strict content security policy.

const css = `
:where(.danmux-overlay) { position: absolute; inset: 0; overflow: hidden; pointer-events: none; contain: strict; }
:where(.danmux-flying) { position: absolute; inset: 0; }
:where(canvas.danmux-flying) { width: 100%; height: 100%; }
:where(.danmux-danmaku) {
  position: absolute; left: 0; top: 0; box-sizing: border-box; padding: 0 6px; border-radius: 6px; white-space: pre; contain: layout style;
  opacity: var(--danmux-opacity, 1); color: var(--danmux-color, #fff); text-shadow: var(--danmux-shadow, 0 0 3px #000, 0 1px 2px #000);
  font-family: var(--danmux-font, system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif);
  font-size: var(--danmux-font-size, 20px); font-weight: var(--danmux-font-weight, 700); font-style: normal;
}
:where(.danmux-own) { z-index: 1; opacity: 1; background: rgb(0 0 0 / .35); box-shadow: inset 0 0 0 1px var(--danmux-own, currentColor); }
:where(.danmux-probe) { visibility: hidden; }
:where(.danmux-count) {
  position: absolute; right: -20px; top: .1em; padding: 0 .4em; border-radius: 1em; background: #ff2d78; color: #fff;
  font-size: max(11px, .6em); line-height: 1.5; text-shadow: none;
}
:where(.danmux-gifts, .danmux-pins) { position: absolute; left: 12px; max-width: calc(100% - 24px); display: flex; flex-direction: column; align-items: flex-start; }
:where(.danmux-gifts) { bottom: 10%; width: 70%; }
:where(.danmux-pins) { top: 0; width: min(440px, 100% - 24px); }
:where(.danmux-gift) {
  display: inline-flex; align-items: center; gap: 8px; box-sizing: border-box; height: 40px; margin: 3px 0; padding: 0 18px 0 10px; border-radius: 20px;
  width: max-content; max-width: 100%; overflow: hidden; white-space: nowrap; color: var(--danmux-gift-color, #fff);
  font: 600 16px/1.5 var(--danmux-font, system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif);
  background: var(--danmux-gift-background, linear-gradient(90deg, #e0196a, #e8641f 65%, #b8501acc)); box-shadow: 0 2px 14px rgb(255 45 120 / .4);
}
:where(.danmux-gift-icon) { display: inline-flex; font-size: 26px; line-height: 1; }
:where(.danmux-gift-from) { max-width: 10em; overflow: hidden; text-overflow: ellipsis; opacity: .92; }
:where(.danmux-gift-name) { overflow: hidden; text-overflow: ellipsis; }
:where(.danmux-gift-count) { font-size: 22px; font-weight: 800; font-style: italic; line-height: 1; color: var(--danmux-gift-count, #ffe14d); }
:where(.danmux-pin) {
  --danmux-tier: #1b6fd1; box-sizing: border-box; width: 100%; margin: 8px 0 0; overflow: hidden; border-radius: 10px; color: var(--danmux-pin-color, #fff);
  font: 400 15px/1.4 var(--danmux-font, system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif);
  background: var(--danmux-pin-background, var(--danmux-tier)); box-shadow: 0 4px 18px rgb(0 0 0 / .45);
}
:where(.danmux-tier-2) { --danmux-tier: #0b7d6b; }
:where(.danmux-tier-3) { --danmux-tier: #9a5b00; }
:where(.danmux-tier-4) { --danmux-tier: #b8305e; }
:where(.danmux-tier-5) { --danmux-tier: #a11212; }
:where(.danmux-pin-head) { display: flex; justify-content: space-between; gap: 12px; padding: 5px 12px; font-weight: 700; background: rgb(0 0 0 / .25); }
:where(.danmux-pin-from) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
:where(.danmux-pin-amount) { flex: none; font-variant-numeric: tabular-nums; }
:where(.danmux-pin-text) {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; max-height: 2.8em; margin: 6px 12px 8px; overflow: hidden; overflow-wrap: anywhere;
}
:where(.danmux-pin-text:empty) { display: none; }
`;

type Root = Document | ShadowRoot;

let sheet: CSSStyleSheet | undefined;
const users = new WeakMap<Root, number>();

/**
 * Adopts the sheet in the document or shadow root of `element`. Returns a function that removes it, or undefined when the element is not attached.
 */
export function adoptStyle(element: HTMLElement): (() => void) | undefined {
  const root = element.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return undefined;
  const sheet = shared();
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  users.set(root, (users.get(root) ?? 0) + 1);
  return () => {
    const left = (users.get(root) ?? 1) - 1;
    users.set(root, left);
    if (left === 0) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

function shared(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
