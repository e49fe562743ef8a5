// Every scenario, in the order in which `all` runs them.
import type { Scenario } from './scenario.ts';
import { steadyChat } from './steady-chat.ts';

export const scenarios: readonly Scenario[] = [steadyChat];
