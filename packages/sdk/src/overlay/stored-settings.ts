// Stores the viewer's settings in localStorage under a name. When the browser denies storage, changes last until the page is closed.
import { checkedSettings, type OverlaySettings } from './overlay-settings.ts';

const prefix = 'danmux.overlay.';

export class StoredSettings {
  readonly #key: string;

  constructor(name: string) {
    this.#key = prefix + name;
  }

  /** Returns the stored settings; drops those that are no longer valid. */
  read(): Partial<OverlaySettings> {
    try {
      const { remember: _, ...settings } = checkedSettings(JSON.parse(localStorage.getItem(this.#key) ?? '{}'));
      return settings;
    } catch {
      // Denied storage and malformed JSON count as nothing stored.
      return {};
    }
  }

  /** Merges into the stored settings. Returns false when the browser denies storage or its quota is exceeded. */
  add(settings: Partial<OverlaySettings>): boolean {
    const { remember: _, ...stored } = { ...this.read(), ...settings };
    try {
      localStorage.setItem(this.#key, JSON.stringify(stored));
      return true;
    } catch {
      return false;
    }
  }
}
