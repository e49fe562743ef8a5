// The base class of the console's elements: they render without a shadow root, so that one style sheet applies to all and the content security
// policy needs no exception for inline styles.
import { LitElement } from 'lit';

export class ConsoleElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
