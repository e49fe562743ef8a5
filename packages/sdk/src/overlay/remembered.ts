// The settings a viewer chose, kept in this browser under a name. A browser may refuse to keep or to give them: then they hold for this page alone.
import { checkedSettings, type OverlaySettings } from './overlay-settings.ts';

const prefix = 'danmux.overlay.';

export class Remembered {
  readonly #key: string;

  constructor(name: string) {
    this.#key = prefix + name;
  }

  /** What was kept and still fits. */
  read(): Partial<OverlaySettings> {
    try {
      const { remember: _, ...settings } = checkedSettings(JSON.parse(localStorage.getItem(this.#key) ?? '{}'));
      return settings;
    } catch {
      // Refused, or not ours: as if nothing had been kept.
      return {};
    }
  }

  /** Adds to what is kept. False when the browser refuses. */
  add(settings: Partial<OverlaySettings>): boolean {
    const { remember: _, ...kept } = { ...this.read(), ...settings };
    try {
      localStorage.setItem(this.#key, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }
}
