// Creates the handlers of the viewer events, one per event of the protocol, and the dispatch that calls them.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { Dispatch } from './dispatch.ts';
import type { Handlers } from './handlers.ts';
import { Join, type JoinParts } from './join.ts';
import { Read, type ReadParts } from './read.ts';
import { Renew, type RenewParts } from './renew.ts';
import { Send, type SendParts } from './send.ts';

export function createRequests(runtime: Runtime, bus: Bus, parts: JoinParts & SendParts & ReadParts & RenewParts): Dispatch {
  const [join, send, read] = [new Join(runtime, parts), new Send(parts), new Read(runtime, bus, parts)];
  const renew = new Renew(runtime.clock, parts);
  const handlers = {
    join: (session, request) => join.join(session, request),
    leave: (session, request) => join.leave(session, request),
    send: (session, request) => send.send(session, request),
    receipt: (session, request) => read.receipt(session, request),
    members: (session, request) => read.members(session, request),
    history: (session, request) => read.history(session, request),
    auth: (session, request) => renew.auth(session, request),
  } satisfies Handlers;
  return new Dispatch(runtime, handlers);
}
