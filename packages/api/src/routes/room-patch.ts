// Changes the modes of a room in its record, which every edge follows. Sends viewers a message and webhook targets an event.
import { jobIdOf } from '@danmux/jobs';
import { checkRoomName } from '@danmux/protocol';
import { roomModesReply, roomPatch } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import { changeModes } from '../moderation/room-modes.ts';
import { publishSystemMessage } from '../publish/system-message.ts';
import type { Services } from '../services.ts';
import { bodyCodes, documented, roomParams, success, withExamples } from './documented.ts';

const schema = {
  summary: "Change a room's modes",
  description:
    'Sets the given modes, removes those that are null and keeps the others. Every edge applies the change within a second. Modes stay until they are changed, also while the room is empty.',
  tags: ['moderation'],
  params: roomParams,
  body: withExamples(roomPatch, {
    'slow mode for members': { modes: { slow_ms: 5_000, members_only: true } },
    'everybody can chat again': { modes: { slow_ms: null, members_only: null, mute_all: null } },
  }),
  response: {
    200: success(roomModesReply, 'All modes of the room', { room: 'live:1001', modes: { members_only: true, slow_ms: 5_000 } }),
    ...documented([...bodyCodes, 'invalid_room', 'lane_full']),
  },
};

export function addRoomPatchRoute(app: TypedApp, services: Services): void {
  app.patch('/v1/rooms/:room', { schema, config: { scope: 'moderate' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const { modes, version } = await changeModes(services.bus, room, request.body.modes);
    const dedupeId = jobIdOf('modes', `${room}\n${version}`);
    await services.events.emit(room, 'moderation.modes', { modes, by: request.keyId }, dedupeId);
    // If no edge is subscribed to the room, nobody needs the message, because viewers who join later get the modes in the join reply.
    if (await services.bus.frames.subscribed(room))
      await publishSystemMessage(services, { room, type: 'room_state', data: { modes }, id: dedupeId, trace: request.id });
    return { room, modes };
  });
}
