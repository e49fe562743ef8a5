// What the console's elements have in common: they draw into the page itself, so that one style sheet file holds for all of them and the
// policy needs to allow no inline style.
import { LitElement } from 'lit';

export class ConsoleElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
