// JSX types of the elements for React: `import type {} from '@danmux/sdk-elements/react'`. React 19 sets properties of custom elements and adds
// a listener for `ongift`; older versions set attributes only.
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { ChatProps, OverlayProps, SettingsProps } from './element-props.ts';
import type { GiftChosen } from './elements/gift-panel.ts';
import type { DanmuxChatElement, DanmuxOverlayElement, DanmuxSettingsElement } from './index.ts';

type ElementTag<Tag, Props> = Omit<DetailedHTMLProps<HTMLAttributes<Tag>, Tag>, keyof Props> & Props;

/** Events of `<danmux-chat>`. */
export interface ChatEvents {
  /** A gift was chosen in the panel: take the payment and publish it. */
  readonly ongift?: (event: CustomEvent<GiftChosen>) => void;
}

/** Events of `<danmux-overlay>`. */
export interface OverlayEvents {
  readonly onstate?: (event: CustomEvent<'connecting' | 'online' | 'closed'>) => void;
  readonly 'ondanmux-error'?: (event: CustomEvent<Error>) => void;
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'danmux-chat': ElementTag<DanmuxChatElement, ChatProps & ChatEvents>;
      'danmux-overlay': ElementTag<DanmuxOverlayElement, OverlayProps & OverlayEvents>;
      'danmux-settings': ElementTag<DanmuxSettingsElement, SettingsProps>;
    }
  }
}
