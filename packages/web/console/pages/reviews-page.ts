// The page of messages held for review: content, sender and the word list that held them; an operator approves or rejects each.
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
import { contentOf, renderContent } from './message-content.ts';

type Review = ReviewsReply['reviews'][number];

class ReviewsPage extends ConsoleElement {
  readonly #pager = new Pager(() => this.#reviews.restart());
  readonly #reviews = new Poll(this, 3_000, (signal) => get<ReviewsReply>('/v1/reviews', { cursor: this.#pager.cursor }, signal));

  protected override render(): TemplateResult {
    const reply = this.#reviews.value;
    return html`
      <h1>${texts.pages.reviews}</h1><p class="faint">${texts.reviewsIntro}</p>
      ${session.may('moderate') ? nothing : needs('moderate')}
      ${freshness(this.#reviews)}
      ${reply?.reviews.length === 0 ? html`<p class="empty">${texts.noReviews}</p>` : nothing}
      <ul class="reviews ${freshClass(this.#reviews)}" data-testid="reviews">${reply?.reviews.map((review) => this.#renderReview(review))}</ul>
      ${this.#pager.render(reply?.cursor)}
    `;
  }

  #renderReview(review: Review): TemplateResult {
    const { room, from, at, reason } = review;
    return html`<li class="panel" data-testid="review">
      <p class="said"><b class="from" title=${from.id}>${from.name || from.id}</b> <span class="text">${renderContent({ lane: 'chat', data: review.data })}</span></p>
      <p class="faint"><a href=${linkTo('rooms', room)}>${room}</a> · ${moment(at)} · ${texts.heldBy(reason)}</p>
      ${ifMay(
        'moderate',
        () => html`<div class="buttons"><button type="button" class="quiet" data-testid="reject" @click=${() => this.#decide('reject', review)}>${texts.reject}</button>
          <button type="button" data-testid="approve" @click=${() => this.#decide('approve', review)}>${texts.approve}</button></div>`,
      )}
    </li>`;
  }

  async #decide(verdict: 'approve' | 'reject', { id, room, from, data }: Review): Promise<void> {
    const phrases = texts.verdicts[verdict];
    const text = phrases.text(from.name || from.id, contentOf({ lane: 'chat', data }).slice(0, 120), room);
    if (!(await ask({ title: phrases.title, text, button: texts[verdict], danger: verdict === 'reject' }))) return;
    await perform(phrases.done(from.name || from.id), () => change('POST', pathOf`/v1/reviews/${id}/${verdict}`));
    this.#reviews.again();
  }
}
customElements.define('reviews-page', ReviewsPage);
