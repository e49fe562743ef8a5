// Template types of the elements for Vue: `import type {} from '@danmux/sdk-elements/vue'`. The compiler needs `isCustomElement` besides.
import type { DefineComponent } from 'vue';
import type { ChatProps, OverlayProps, SettingsProps } from './element-props.ts';
import type { GiftChosen } from './elements/gift-panel.ts';

/** Listeners of `<danmux-chat>`, written `@gift` in a template. */
export interface ChatListeners {
  readonly onGift?: (event: CustomEvent<GiftChosen>) => void;
}

/** Listeners of `<danmux-overlay>`, written `@state` and `@danmux-error` in a template. */
export interface OverlayListeners {
  readonly onState?: (event: CustomEvent<'connecting' | 'online' | 'closed'>) => void;
  readonly onDanmuxError?: (event: CustomEvent<Error>) => void;
}

declare module 'vue' {
  interface GlobalComponents {
    'danmux-chat': DefineComponent<ChatProps & ChatListeners>;
    'danmux-overlay': DefineComponent<OverlayProps & OverlayListeners>;
    'danmux-settings': DefineComponent<SettingsProps>;
  }
}
