// The viewer's settings, stored in this browser under a name. Without storage they hold for this page only.
import { checkedSettings, type OverlaySettings } from './overlay-settings.ts';

const prefix = 'danmux.overlay.';

export class Remembered {
  readonly #key: string;

  constructor(name: string) {
    this.#key = prefix + name;
  }

  /** The stored settings that are still valid. */
  read(): Partial<OverlaySettings> {
    try {
      const { remember: _, ...settings } = checkedSettings(JSON.parse(localStorage.getItem(this.#key) ?? '{}'));
      return settings;
    } catch {
      // Refused or malformed: as if nothing were stored.
      return {};
    }
  }

  /** Merges into the stored settings. False when the browser refuses. */
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
