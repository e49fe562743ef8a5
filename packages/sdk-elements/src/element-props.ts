// The properties and attributes that a page may set on each element, as the typings of JSX and Vue templates need them.
import type { AnyRoom, OverlaySettings, OverlayVerbs } from '@danmux/sdk';
import type { GiftChoice } from './elements/gift-panel.ts';
import type { Token } from './elements/shared-client.ts';

/** The properties that chat and overlay share: room, server, viewer and theme. */
export interface LinkProps {
  /** Edge addresses separated by commas. */
  readonly url?: string | undefined;
  /** Instead of `url`: the address of `GET /v1/gateway` with its query. */
  readonly gateway?: string | undefined;
  /** The room's name, or a `Room` of a client. */
  readonly room?: AnyRoom | string | undefined;
  /** A viewer token, or a function that returns one; absent: the viewer is a guest. */
  readonly token?: Token | undefined;
  /** The viewer's user id; default the `sub` of the token. */
  readonly userId?: string | undefined;
  readonly 'user-id'?: string | undefined;
  readonly theme?: 'light' | undefined;
}

/** Properties of `<danmux-chat>`. */
export interface ChatProps extends LinkProps {
  readonly gifts?: readonly GiftChoice[] | undefined;
  readonly giftCounts?: readonly number[] | undefined;
  /** Cap on lines kept in memory. */
  readonly max?: number | undefined;
  /** Cap on the characters of a message that the viewer types. */
  readonly maxLength?: number | undefined;
  readonly exemptRoles?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Properties of `<danmux-overlay>`. */
export interface OverlayProps extends LinkProps, Partial<Pick<OverlaySettings, 'speed' | 'opacity' | 'area' | 'maxShown' | 'maxGifts' | 'renderer'>> {
  readonly fontSize?: number | undefined;
  readonly fontFamily?: string | undefined;
  readonly hiddenTypes?: readonly string[] | undefined;
  /** Name under which this browser keeps the viewer's choices. */
  readonly remember?: string | undefined;
  readonly noSettings?: boolean | undefined;
}

/** Properties of `<danmux-settings>`. */
export interface SettingsProps {
  /** The overlay that the menu changes. */
  readonly overlay?: OverlayVerbs | undefined;
}
