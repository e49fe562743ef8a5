// Base class of the console's elements: they render into the page itself, so that one style sheet covers all and the
// security policy needs no inline style.
import { LitElement } from 'lit';

export class ConsoleElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
