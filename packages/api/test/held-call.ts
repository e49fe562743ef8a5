// Holds a call of the api to its bus, so that a request stands still where a test wants it.
import type { Bus } from '@danmux/bus';
import type { ApiFixture } from '@danmux/testkit/api-fixture';

export interface HeldCall {
  /** Resolves when the api made the call. */
  readonly begun: Promise<void>;
  /** The call goes on, and so do later ones. */
  release(): void;
}

type Method = 'publish' | 'finish';

export function holdCall({ overrides, bus }: Pick<ApiFixture, 'overrides' | 'bus'>, name: Method): HeldCall {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const held = async (...args: never[]) => {
    begin();
    await opened;
    return (bus[name] as (...given: never[]) => Promise<unknown>).apply(bus, args);
  };
  Object.assign(overrides, { [name]: held } satisfies Partial<Record<keyof Bus, unknown>>);
  return { begun, release: open };
}
