// Messages that wait for a moderator: what they say, who wrote them, which list held them; to let through or to drop.
import { html, nothing, type TemplateResult } from 'lit';
import { change, get, pathOf } from '../call.ts';
import { ConsoleElement } from '../console-element.ts';
import { moment } from '../figures.ts';
import { ask } from '../parts/dialog.ts';
import { freshClass, freshness } from '../parts/freshness.ts';
import { ifMay, needs } from '../parts/needs.ts';
import { Pager } from '../parts/pager.ts';
import { perform } from '../parts/results.ts';
import { Poll } from '../poll.ts';
import type { ReviewsReply } from '../replies.ts';
import { linkTo } from '../route.ts';
import { session } from '../session.ts';
import { texts } from '../texts/texts.ts';
import { contentOf } from './message-content.ts';

type Held = ReviewsReply['reviews'][number];

class ReviewsPage extends ConsoleElement {
  readonly #pager = new Pager(() => this.#held.restart());
  readonly #held = new Poll(this, 3_000, (signal) => get<ReviewsReply>('/v1/reviews', { cursor: this.#pager.cursor }, signal));

  protected override render(): TemplateResult {
    const reply = this.#held.value;
    return html`
      <h1>${texts.pages.reviews}</h1><p class="faint">${texts.reviewsIntro}</p>
      ${session.may('moderate') ? nothing : needs('moderate')}
      ${freshness(this.#held)}
      ${reply?.reviews.length === 0 ? html`<p class="empty">${texts.noReviews}</p>` : nothing}
      <ul class="reviews ${freshClass(this.#held)}" data-testid="reviews">${reply?.reviews.map((held) => this.#renderHeld(held))}</ul>
      ${this.#pager.render(reply?.cursor)}
    `;
  }

  #renderHeld(held: Held): TemplateResult {
    const { room, from, at, reason } = held;
    return html`<li class="panel" data-testid="review">
      <p class="said"><b class="from" title=${from.id}>${from.name || from.id}</b> <span class="text">${contentOf({ lane: 'chat', data: held.data })}</span></p>
      <p class="faint"><a href=${linkTo('rooms', room)}>${room}</a> · ${moment(at)} · ${texts.heldBy(reason)}</p>
      ${ifMay(
        'moderate',
        () => html`<div class="buttons"><button type="button" class="quiet" data-testid="reject" @click=${() => this.#decide('reject', held)}>${texts.reject}</button>
          <button type="button" data-testid="approve" @click=${() => this.#decide('approve', held)}>${texts.approve}</button></div>`,
      )}
    </li>`;
  }

  async #decide(verdict: 'approve' | 'reject', { id, room, from, data }: Held): Promise<void> {
    const words = texts.verdicts[verdict];
    const text = words.text(from.name || from.id, contentOf({ lane: 'chat', data }).slice(0, 120), room);
    if (!(await ask({ title: words.title, text, button: texts[verdict], danger: verdict === 'reject' }))) return;
    await perform(words.done(from.name || from.id), () => change('POST', pathOf`/v1/reviews/${id}/${verdict}`));
    this.#held.again();
  }
}
customElements.define('reviews-page', ReviewsPage);
