// Blocks a call of the api to its bus until the test releases it, so that a request pauses at a known point.
import type { ApiFixture } from '@danmux/testkit/api-fixture';

export interface HeldCall {
  /** Resolves when the api has made the call. */
  readonly begun: Promise<void>;
  /** Lets this call and all later ones through. */
  release(): void;
}

/** The noun of the bus that has each method. */
const nouns = { publish: 'ingress', finish: 'claims' } as const;
type Method = keyof typeof nouns;

export function holdCall({ overrides, bus }: Pick<ApiFixture, 'overrides' | 'bus'>, name: Method): HeldCall {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const noun = bus[nouns[name]];
  const held = async (...args: never[]) => {
    begin();
    await opened;
    return (Reflect.get(noun, name) as (...given: never[]) => Promise<unknown>).apply(noun, args);
  };
  Object.assign(overrides[nouns[name]], { [name]: held });
  return { begun, release: open };
}
