// JSX types of the elements for React: copy this file. React 19 sets properties of custom elements and adds a listener for `ongift`; older versions
// set attributes only.
import type { ChatProps, DanmuxChatElement, DanmuxOverlayElement, DanmuxSettingsElement, GiftChosen, OverlayProps, SettingsProps } from '@danmux/sdk-elements';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type ElementTag<Tag, Props> = Omit<DetailedHTMLProps<HTMLAttributes<Tag>, Tag>, keyof Props> & Props;

/** Events of `<danmux-chat>`. */
interface ChatEvents {
  /** A gift was chosen in the panel: take the payment and publish it. */
  readonly ongift?: (event: CustomEvent<GiftChosen>) => void;
}

/** Events of `<danmux-overlay>`. */
interface OverlayEvents {
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
