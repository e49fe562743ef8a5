// Every scenario, in the order in which `all` runs them.
import { apiPublish } from './api-publish.ts';
import { floodScenario } from './flood.ts';
import { idleConnections } from './idle-connections.ts';
import { joinStorm } from './join-storm.ts';
import { preparedWriter } from './prepared-writer.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { rolesScenario } from './roles.ts';
import type { Scenario } from './scenario.ts';
import { slowReaders } from './slow-readers.ts';
import { steadyChat } from './steady-chat.ts';
import { giftStorm, ratedLoad, thousandRooms } from './steady-load.ts';
import { wireBytes } from './wire-bytes.ts';

export const scenarios: readonly Scenario[] = [
  steadyChat,
  preparedWriter,
  ratedLoad,
  floodScenario,
  giftStorm,
  joinStorm,
  reconnectStorm,
  slowReaders,
  thousandRooms,
  idleConnections,
  wireBytes,
  rolesScenario,
  apiPublish,
];
