// The area below the chat list: the reason why the viewer cannot send, the gift panel, the input and its button.
import { html, nothing, type TemplateResult } from 'lit';
import { type GiftPanelView, giftPanel } from './gift-panel.ts';
import { giftIcon } from './icons.ts';
import type { Verdict } from './send-rules.ts';
import type { Texts } from './texts.ts';

export interface ComposerView extends GiftPanelView {
  readonly texts: Texts;
  readonly verdict: Verdict;
  readonly now: number;
  /** Text shown when there is no obstacle, or when the obstacle has no text of its own. */
  readonly hint: string;
  readonly maxLength: number;
  readonly length: number;
  readonly giftsOpen: boolean;
  readonly language: string;
  onInput(event: InputEvent): void;
  onSubmit(event: SubmitEvent): void;
  onToggleGifts(): void;
  onKey(event: KeyboardEvent): void;
}

/** The number of remaining characters is shown when it is at most this. */
const fewLeft = 20;

export function composer(view: ComposerView): TemplateResult {
  const { texts, verdict, maxLength, length, giftsOpen, gifts } = view;
  const closed = verdict.obstacle !== undefined && verdict.obstacle !== 'pace' && verdict.obstacle !== 'offline';
  const waits = closed || verdict.obstacle === 'pace';
  const left = maxLength - length;
  return html`<div class="foot" part="footer" @keydown=${view.onKey}><p class="hint" id="hint" part="hint" data-testid="hint" role="status">${obstacleText(view) || view.hint}</p>
    ${giftsOpen ? giftPanel(view) : nothing}
    <form class="composer" part="composer" @submit=${view.onSubmit}>
      ${
        gifts.length === 0
          ? nothing
          : html`<button type="button" class="gift-toggle" part="gift-toggle" data-testid="gift-toggle" aria-label=${texts.gifts} aria-expanded=${giftsOpen ? 'true' : 'false'}
            aria-controls=${giftsOpen ? 'gifts' : nothing} @click=${view.onToggleGifts}>${giftIcon}</button>`
      }
      <div class="field">
        <input class="text-field" part="input" data-testid="chat-input" aria-label=${texts.message} aria-describedby="hint" placeholder=${texts.placeholder}
          maxlength=${maxLength} autocomplete="off" enterkeyhint="send" ?disabled=${closed} @input=${view.onInput} />
        ${left <= fewLeft ? html`<span class="left" part="left">${texts.left(left)}</span>` : nothing}
      </div>
      <button type="submit" class="send" part="send" data-testid="send" ?disabled=${waits}>${sendLabel(view)}</button>
    </form></div>`;
}

function sendLabel({ texts, verdict, now }: ComposerView): string {
  if (verdict.obstacle !== 'pace') return texts.send;
  return texts.seconds(Math.max(1, Math.ceil(((verdict.until ?? now) - now) / 1_000)));
}

function obstacleText({ texts, verdict, language, now }: ComposerView): string {
  const { obstacle, until, level } = verdict;
  if (obstacle === undefined) return '';
  if (obstacle === 'level') return texts.obstacle.level(String(level));
  if (obstacle === 'muted') return texts.obstacle.muted(until === undefined ? undefined : timeText(until, now, language));
  return texts.obstacle[obstacle]();
}

/** The time of day, with the date when it is not today. */
function timeText(at: number, now: number, language: string): string {
  const date = new Date(at);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  return sameDay ? date.toLocaleTimeString(language, { timeStyle: 'short' }) : date.toLocaleString(language, { dateStyle: 'short', timeStyle: 'short' });
}
