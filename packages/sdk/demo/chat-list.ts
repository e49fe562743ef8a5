// The list of what was said, beside the player. Keeps the last lines only.
import { giftOf, type Msg, textOf } from '../src/index.ts';
import { texts } from './texts.ts';

const maxLines = 200;

export class ChatList {
  readonly #list: HTMLElement;
  readonly #latest: HTMLElement;
  readonly #ownId: string;

  constructor(list: HTMLElement, latest: HTMLElement, ownId: string) {
    this.#list = list;
    this.#latest = latest;
    this.#ownId = ownId;
  }

  message(msg: Msg): void {
    if (msg.lane === 'gift') this.#gift(msg);
    else if (msg.lane === 'chat') this.#line(msg.from?.name ?? msg.from?.id ?? '', textOf(msg), msg.from?.id === this.#ownId ? 'own' : '', msg.id);
    else if (msg.lane === 'control') this.say(textOf(msg));
  }

  /** Takes the line of a message away. */
  remove(id: string): void {
    for (const line of [...this.#list.children]) if ((line as HTMLElement).dataset['id'] === id) line.remove();
    if (this.#latest.dataset['id'] === id) this.#latest.hidden = true;
  }

  /** A line of the page itself. */
  say(text: string): void {
    if (text) this.#line('', text, 'said');
  }

  #gift(msg: Msg): void {
    const { from, gift, icon, count } = giftOf(msg);
    const text = [texts.gave, icon, gift, count > 1 ? `×${count}` : ''].filter(Boolean).join(' ');
    this.#line(from, text, 'gift', msg.id);
    this.#latest.hidden = false;
    this.#latest.dataset['id'] = msg.id;
    this.#latest.textContent = `${from} ${text}`;
  }

  #line(name: string, text: string, className: string, id = ''): void {
    const atEnd = this.#list.scrollTop + this.#list.clientHeight > this.#list.scrollHeight - 40;
    const line = document.createElement('li');
    line.dataset['id'] = id;
    if (className) line.className = className;
    if (name) {
      const who = document.createElement('span');
      who.className = 'name';
      who.textContent = name;
      line.append(who);
    }
    line.append(text);
    this.#list.append(line);
    while (this.#list.childElementCount > maxLines) this.#list.firstElementChild?.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }
}
