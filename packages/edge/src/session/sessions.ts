// Indexes the sessions of this edge by user; most users have one, a user with several devices has more. It opens and closes no session.
import { ConnectionIds } from './connection-ids.ts';
import type { Session } from './session.ts';

export class Sessions {
  readonly #all = new Set<Session>();
  readonly #ids = new ConnectionIds();
  readonly #ofUser = new Map<string, Session | readonly Session[]>();

  get all(): ReadonlySet<Session> {
    return this.#all;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Reserves a connection id for the next session; `delete` releases it. */
  takeId(): number {
    return this.#ids.take();
  }

  add(session: Session): void {
    this.#all.add(session);
    const others = this.of(session.viewer.id);
    // A user with one session is stored without a list, because a list for every user would cost memory for every viewer.
    this.#ofUser.set(session.viewer.id, others.length === 0 ? session : [...others, session]);
  }

  delete(session: Session): void {
    if (!this.#all.delete(session)) return;
    this.#ids.release(session.connectionId);
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
