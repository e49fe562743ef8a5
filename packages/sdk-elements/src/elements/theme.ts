// Colours and sizes of the elements. A page overrides them by setting `--danmux-…` properties on an element or an ancestor.
import { css } from 'lit';

export const theme = css`
  :host {
    --_ground: var(--danmux-background, #15171f);
    --_field: var(--danmux-field, #0c0d14);
    --_line: var(--danmux-line, #2a2f40);
    --_text: var(--danmux-text, #e9ebf3);
    --_faint: var(--danmux-faint, #a0a6b9);
    --_accent: var(--danmux-accent, #e0246a);
    --_on-accent: var(--danmux-on-accent, #fff);
    --_focus: var(--danmux-focus, #ff7aab);
    --_name: var(--danmux-name, #8fbcff);
    --_own: var(--danmux-own, #ffc46b);
    --_gift: var(--danmux-gift, #ffc46b);
    --_good: var(--danmux-good, #37d67a);
    --_warn: var(--danmux-warn, #ffb347);
    --_bad: var(--danmux-bad, #ff8585);
    --_radius: var(--danmux-radius, 14px);
    --_font: 15px/1.5 var(--danmux-font, system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif);
    color-scheme: dark;
  }
  :host([theme='light']) {
    --_ground: var(--danmux-background, #fff);
    --_field: var(--danmux-field, #f3f4f8);
    --_line: var(--danmux-line, #dfe2ea);
    --_text: var(--danmux-text, #1b1e28);
    --_faint: var(--danmux-faint, #5b6275);
    --_accent: var(--danmux-accent, #d11a5e);
    --_focus: var(--danmux-focus, #d11a5e);
    --_name: var(--danmux-name, #1d5fc4);
    --_own: var(--danmux-own, #8a5200);
    --_gift: var(--danmux-gift, #8a5200);
    --_good: var(--danmux-good, #16874a);
    --_warn: var(--danmux-warn, #8a5200);
    --_bad: var(--danmux-bad, #b3261e);
    color-scheme: light;
  }
  * {
    box-sizing: border-box;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--_focus);
    outline-offset: 1px;
  }
  [hidden] {
    display: none !important;
  }
`;
