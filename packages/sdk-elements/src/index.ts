// The public exports of the web components; importing it registers the elements.
import { DanmuxChatElement } from './elements/chat-element.ts';
import { DanmuxOverlayElement } from './elements/overlay-element.ts';
import { DanmuxSettingsElement } from './elements/settings-element.ts';

export type { ChatProps, LinkProps, OverlayProps, SettingsProps } from './element-props.ts';
export type { GiftChoice, GiftChosen } from './elements/gift-panel.ts';
export { DanmuxChatElement, DanmuxOverlayElement, DanmuxSettingsElement };

const elements = { 'danmux-settings': DanmuxSettingsElement, 'danmux-overlay': DanmuxOverlayElement, 'danmux-chat': DanmuxChatElement } as const;
// A page may load the script twice; defining an element again would throw.
// `customElements` does not exist on a server that renders the page.
if (globalThis.customElements) for (const [name, element] of Object.entries(elements)) if (!customElements.get(name)) customElements.define(name, element);

declare global {
  interface HTMLElementTagNameMap {
    'danmux-settings': DanmuxSettingsElement;
    'danmux-overlay': DanmuxOverlayElement;
    'danmux-chat': DanmuxChatElement;
  }
}
