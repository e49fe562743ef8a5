// The element <danmux-overlay>: shows danmaku, gifts and super chats of a room over its content. It creates an overlay from its attributes, binds it
// to its room and adds a settings menu.
import type { DanmuxError } from '@danmux/protocol';
import { type AnyRoom, bind, type ClientState, Overlay, type OverlaySettings } from '@danmux/sdk';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Linked, type LinkListener, linkProperties, RoomLink } from './room-link.ts';
import type { Token } from './shared-client.ts';
import { theme } from './theme.ts';

/** Properties that are passed on as overlay settings of the same name. */
const looks = ['speed', 'opacity', 'area', 'fontSize', 'fontFamily', 'renderer', 'remember', 'hiddenTypes', 'maxShown', 'maxGifts'] as const;

/** `<danmux-overlay>`: danmaku, gifts and super chats of a room over its content. */
export class DanmuxOverlayElement extends LitElement implements Linked, LinkListener {
  static override readonly properties = {
    ...linkProperties,
    speed: { type: Number },
    opacity: { type: Number },
    area: { type: Number },
    fontSize: { type: Number, attribute: 'font-size' },
    fontFamily: { type: String, attribute: 'font-family' },
    renderer: { type: String },
    remember: { type: String },
    hiddenTypes: { type: Array, attribute: 'hidden-types' },
    maxShown: { type: Number, attribute: 'max-shown' },
    maxGifts: { type: Number, attribute: 'max-gifts' },
    noSettings: { type: Boolean, attribute: 'no-settings' },
  };
  static override readonly styles = [
    theme,
    css`
      :host {
        display: block;
        position: relative;
        overflow: hidden;
        isolation: isolate;
      }
      :host([hidden]) {
        display: none;
      }
      ::slotted(*) {
        max-width: 100%;
      }
      .layer {
        position: absolute;
        inset: 0;
        pointer-events: none;
        z-index: 1;
      }
      danmux-settings {
        position: absolute;
        bottom: 10px;
        right: 10px;
        z-index: 2;
      }
    `,
  ];

  declare url: string | undefined;
  declare gateway: string | undefined;
  declare room: AnyRoom | string | undefined;
  declare token: Token | undefined;
  declare userId: string | undefined;
  declare speed: number | undefined;
  declare opacity: number | undefined;
  declare area: number | undefined;
  declare fontSize: number | undefined;
  declare fontFamily: string | undefined;
  declare renderer: OverlaySettings['renderer'] | undefined;
  declare remember: string | undefined;
  declare hiddenTypes: readonly string[] | undefined;
  declare maxShown: number | undefined;
  declare maxGifts: number | undefined;
  declare noSettings: boolean;

  readonly #link: RoomLink;
  #unbind: (() => void) | undefined;
  #boundFor: string | undefined;
  #overlay: Overlay | undefined;

  constructor() {
    super();
    this.noSettings = false;
    this.#link = new RoomLink(this, this);
  }

  /** The overlay, to which a page can add items; undefined until the first rendering and while the element is not in a document. */
  get overlay(): Overlay | undefined {
    return this.#overlay;
  }

  linked(room: AnyRoom): (() => void)[] {
    this.#bind(room);
    return [() => this.#unbind?.(), () => this.#overlay?.clear()];
  }

  state(state: ClientState): void {
    const room = this.#link.room;
    // With a token function the viewer's user id is known only after the first connection.
    if (room && state === 'online' && this.#boundFor !== this.#link.user?.id) this.#bind(room);
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  /** Emits `danmux-error` instead of showing the error, which would cover the video. */
  failed(error: DanmuxError): void {
    this.dispatchEvent(new CustomEvent('danmux-error', { detail: error }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#overlay?.destroy();
    this.#overlay = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<slot></slot><div class="layer" part="layer"></div>
      ${this.noSettings ? nothing : html`<danmux-settings part="settings" exportparts="settings-button, settings-panel"></danmux-settings>`}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = this.#overlay;
    const overlay = this.#made();
    const settings = Object.fromEntries(looks.filter((name) => changed.has(name)).map((name) => [name, this[name]]));
    // `configure` stores settings as the viewer's, so the initial attributes are passed to the constructor, and only later changes to `configure`.
    if (before && Object.keys(settings).length > 0) before.configure(settings);
    const menu = this.renderRoot.querySelector('danmux-settings');
    if (menu) menu.overlay = overlay;
  }

  #bind(room: AnyRoom): void {
    this.#unbind?.();
    this.#boundFor = this.#link.user?.id;
    this.#unbind = bind(room, this.#made(), this.#boundFor === undefined ? {} : { userId: this.#boundFor });
  }

  /** The overlay, created on first use; it needs the layer, which exists after the first rendering. */
  #made(): Overlay {
    if (!this.#overlay) {
      if (!this.hasUpdated) this.performUpdate();
      const settings = looks.map((name) => [name, this[name]] as const).filter(([, value]) => value !== undefined);
      this.#overlay ??= new Overlay(this.renderRoot.querySelector('.layer') as HTMLElement, Object.fromEntries(settings));
    }
    return this.#overlay;
  }
}
