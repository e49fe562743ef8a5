// The operationId of each route. Generated clients use it as the function name, so a change breaks their callers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationId } from '../../src/http/operation-id.ts';

test('an operationId is a verb and the nouns of the path', () => {
  for (const [route, name] of [
    ['POST /v1/rooms/:room/messages', 'publishRoomMessage'],
    ['POST /v1/users/:user/messages', 'publishUserMessage'],
    ['POST /v1/messages/batch', 'publishMessageBatch'],
    ['POST /v1/broadcasts', 'createBroadcast'],
    ['POST /v1/tokens', 'signToken'],
    ['POST /v1/tokens/watch', 'signWatchToken'],
    ['GET /v1/rooms', 'listRooms'],
    ['GET /v1/rooms/:room', 'getRoom'],
    ['PATCH /v1/rooms/:room', 'updateRoom'],
    ['GET /v1/rooms/:room/members', 'listRoomMembers'],
    ['GET /v1/rooms/:room/history', 'getRoomHistory'],
    ['DELETE /v1/rooms/:room/messages/:id', 'deleteRoomMessage'],
    ['GET /v1/rooms/:room/mutes', 'listRoomMutes'],
    ['PUT /v1/rooms/:room/mutes/:user', 'putRoomMute'],
    ['PUT /v1/mutes/:user', 'putMute'],
    ['POST /v1/rooms/:room/kick', 'kickRoomUser'],
    ['POST /v1/users/:user/kick', 'kickUser'],
    ['POST /v1/rooms/:room/recall', 'recallRoom'],
    ['POST /v1/users/:user/recall', 'recallUser'],
    ['GET /v1/messages/:id/receipts', 'getMessageReceipts'],
    ['PUT /v1/words/:list', 'putWordList'],
    ['POST /v1/webhooks/:target/enable', 'enableWebhook'],
    ['GET /v1/webhooks/dead', 'listDeadLetters'],
    ['POST /v1/webhooks/dead/:entry/replay', 'replayDeadLetter'],
    ['GET /v1/stats', 'getStats'],
  ] as const) {
    const [method = '', url = ''] = route.split(' ');
    assert.equal(operationId(method, url), name);
  }
});
