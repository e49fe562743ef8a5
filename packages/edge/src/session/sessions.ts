// The sessions of this edge, and which of them are a user's: mostly one, on several devices more.
import { ConnectionIds } from './connection-ids.ts';
import type { Session } from './session.ts';

export class Sessions {
  readonly #all = new Set<Session>();
  readonly #numbers = new ConnectionIds();
  readonly #ofUser = new Map<string, Session | readonly Session[]>();

  get all(): ReadonlySet<Session> {
    return this.#all;
  }

  get size(): number {
    return this.#all.size;
  }

  add(session: Session): void {
    this.#all.add(session);
    session.number = this.#numbers.take();
    const others = this.of(session.viewer.id);
    // A list only for those who need one: it is memory of every viewer.
    this.#ofUser.set(session.viewer.id, others.length === 0 ? session : [...others, session]);
  }

  delete(session: Session): void {
    if (!this.#all.delete(session)) return;
    this.#numbers.giveBack(session.number);
    const { id } = session.viewer;
    const others = this.of(id).filter((one) => one !== session);
    if (others.length === 0) this.#ofUser.delete(id);
    else this.#ofUser.set(id, others);
  }

  of(user: string): readonly Session[] {
    const known = this.#ofUser.get(user);
    return known === undefined ? [] : Array.isArray(known) ? known : [known as Session];
  }
}
