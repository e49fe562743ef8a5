// Creates the parts that judge a viewer's message before it is published: the content filter, the send guard and the store of messages
// that only their sender sees.
import type { Bus } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import type { Filter } from './filter/filter.ts';
import { createFilter } from './filter/message-filter.ts';
import { HiddenMessages, type SenderOutput } from './hidden-messages.ts';
import { SendGuard, type SendGuardParts } from './send-guard.ts';

export interface Moderation {
  readonly filter: Filter & Part;
  readonly guard: SendGuard;
  readonly hidden: HiddenMessages;
}

export interface ModerationParts {
  readonly rules: SendGuardParts['rules'];
  readonly fanOut: SenderOutput;
}

export function createModeration(runtime: Runtime, bus: Bus, { rules, fanOut }: ModerationParts): Moderation {
  const filter = createFilter(runtime, bus);
  return { filter, guard: new SendGuard(runtime, bus, { rules, filter }), hidden: new HiddenMessages(runtime, bus, fanOut) };
}
