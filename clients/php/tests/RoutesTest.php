<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\Client;
use Danmux\ConflictException;
use Danmux\InvalidRequestException;
use Danmux\Published;
use Danmux\Result\AuditRow;
use Danmux\Result\Broadcast;
use Danmux\Result\DeadLetter;
use Danmux\Result\HeldMessage;
use Danmux\Result\Job;
use Danmux\Result\Key;
use Danmux\Result\Member;
use Danmux\Result\Message;
use Danmux\Result\NewKey;
use Danmux\Result\Node;
use Danmux\Result\Page;
use Danmux\Result\BulkRecall;
use Danmux\Result\Recall;
use Danmux\Result\Receipts;
use Danmux\Result\RoomModes;
use Danmux\Result\RoomState;
use Danmux\Result\RoomSummary;
use Danmux\Result\Sanction;
use Danmux\Result\Stats;
use Danmux\Result\UserMessage;
use Danmux\Result\WebhookTarget;
use Danmux\Result\WordList;
use Danmux\ServerException;
use Danmux\Token;
use Danmux\WebhookEvent;
use InvalidArgumentException;

/** Every call: the request it makes and the result it makes of the answer. */
final class RoutesTest extends ServerTestCase
{
    private const AT = 1_767_225_600_000;
    private const MUTE = ['user' => 'u 7', 'room' => 'live:1', 'by' => 'mods', 'at' => self::AT, 'until' => self::AT + 1, 'reason' => '刷屏'];
    private const JOB = ['id' => 'j1', 'name' => 'broadcast', 'state' => 'active', 'attempts' => 1, 'progress' => ['done' => 3, 'total' => 9], 'created_at' => self::AT];
    private const NODE = ['id' => 'edge@a', 'role' => 'edge', 'address' => '127.0.0.1:7700', 'version' => '0.1.0', 'load' => 0];

    /** @return iterable<string, array{callable(Client): mixed, string, ?string, ?array<string, mixed>, mixed}> call, request line, body, answer, result */
    public function calls(): iterable
    {
        $mute = new Sanction('u 7', 'mods', self::AT, 'live:1', self::AT + 1, '刷屏');
        $everywhere = ['user' => 'u 7', 'by' => 'default', 'at' => self::AT];
        $ban = new Sanction('u 7', 'default', self::AT);
        $room = static fn (Client $client) => $client->room('live:1');

        yield 'publish' => [
            static fn (Client $client) => $room($client)->publish('gift', ['n' => 1], ['receipt' => true, 'delay_ms' => 50, 'expires_at' => self::AT]),
            'POST /v1/rooms/live%3A1/messages', '{"type":"gift","data":{"n":1},"receipt":true,"delay_ms":50,"expires_at":1767225600000}',
            ['id' => 'm1', 'room' => 'live:1', 'lane' => 'gift', 'job' => 'j1'], new Published('m1', 'live:1', 'gift', false, 'j1'),
        ];
        yield 'a message of a batch' => [
            static fn (Client $client) => $client->publishBatch([['room' => 'a', 'type' => 'gift', 'data' => 1, 'receipt' => true, 'delay_ms' => 5]])[0],
            'POST /v1/messages/batch', '{"messages":[{"room":"a","type":"gift","data":1,"receipt":true,"delay_ms":5}]}',
            ['results' => [['status' => 202, 'id' => 'm1', 'room' => 'a', 'lane' => 'gift', 'duplicate' => true]]], new Published('m1', 'a', 'gift', false, null, true),
        ];
        $broadcast = [['id' => 'm1', 'job' => 'j1'], new Broadcast('m1', 'j1')];
        yield 'broadcast to all' => [
            static fn (Client $client) => $client->broadcast('*', 'notice', 'hi', ['id' => 'b-1']),
            'POST /v1/broadcasts', '{"rooms":"*","type":"notice","data":"hi","id":"b-1"}', ...$broadcast,
        ];
        yield 'broadcast to some' => [
            static fn (Client $client) => $client->broadcast(['a', 'live:*'], 'notice', 'hi'),
            'POST /v1/broadcasts', '{"rooms":["a","live:*"],"type":"notice","data":"hi"}', ...$broadcast,
        ];
        yield 'broadcast to a prefix' => [
            static fn (Client $client) => $client->broadcast('live:*', 'notice', 'hi'),
            'POST /v1/broadcasts', '{"rooms":["live:*"],"type":"notice","data":"hi"}', ...$broadcast,
        ];
        yield 'to a user' => [
            static fn (Client $client) => $client->publishToUser('小明/7', 'notice', ['coins' => 5], ['receipt' => true]),
            'POST /v1/users/%E5%B0%8F%E6%98%8E%2F7/messages', '{"type":"notice","data":{"coins":5},"receipt":true}',
            ['id' => 'm1', 'user' => '小明/7', 'lane' => 'control'], new UserMessage('m1', '小明/7', 'control'),
        ];
        yield 'receipts' => [
            static fn (Client $client) => $client->receipts('m1'), 'GET /v1/messages/m1/receipts', null,
            ['id' => 'm1', 'at' => self::AT, 'state' => 'final', 'sent' => 5, 'received' => 4, 'missing' => 1, 'rooms' => ['live:1']],
            new Receipts('m1', self::AT, true, 5, 4, 1, ['live:1']),
        ];
        $trace = ['id' => 'm1', 'room' => 'live:1', 'trace' => 't', 'hops' => [['hop' => 'stored', 'node' => 'api@a', 'at' => self::AT]]];
        yield 'a trace' => [static fn (Client $client) => $client->trace('live:1', 'm1'), 'GET /v1/messages/m1/trace?room=live%3A1', null, $trace, $trace];
        yield 'recall' => [
            static fn (Client $client) => $room($client)->recall('m1'), 'DELETE /v1/rooms/live%3A1/messages/m1', null,
            ['id' => 'm1', 'room' => 'live:1', 'found' => true], new Recall('m1', 'live:1', true),
        ];
        yield 'recall of a user' => [
            static fn (Client $client) => $room($client)->recallUser('u 7'), 'POST /v1/rooms/live%3A1/recall', '{"user":"u 7"}',
            ['room' => 'live:1', 'user' => 'u 7', 'count' => 3, 'held' => 1], new BulkRecall(3, 1, 'live:1', 'u 7'),
        ];
        yield 'clearing a room' => [
            static fn (Client $client) => $room($client)->clear(), 'POST /v1/rooms/live%3A1/recall', '{"all":true}',
            ['room' => 'live:1', 'all' => true, 'count' => 9, 'held' => 0], new BulkRecall(9, 0, 'live:1'),
        ];
        yield 'recall of a user everywhere' => [
            static fn (Client $client) => $client->everywhere()->recall('u 7'), 'POST /v1/users/u%207/recall', '{}',
            ['user' => 'u 7', 'rooms' => 2, 'count' => 5, 'held' => 0], new BulkRecall(5, 0, null, 'u 7', 2),
        ];
        yield 'a ban with a recall' => [
            static fn (Client $client) => $room($client)->ban('u 7', ['recall' => true]), 'PUT /v1/rooms/live%3A1/bans/u%207', '{"recall":true}', self::MUTE, $mute,
        ];
        yield 'a room' => [
            static fn (Client $client) => $room($client)->get(), 'GET /v1/rooms/live%3A1', null,
            ['room' => 'live:1', 'online' => 3, 'users' => 2, 'modes' => ['slow_ms' => 500], 'positions' => ['gift' => ['epoch' => 'e', 'offset' => 4]]],
            new RoomState('live:1', 3, 2, new RoomModes(500), ['gift' => ['epoch' => 'e', 'offset' => 4]]),
        ];
        yield 'modes' => [
            static fn (Client $client) => $room($client)->setModes(['slow_ms' => null, 'mute_all' => true, 'chat_per_second' => 1.5]),
            'PATCH /v1/rooms/live%3A1', '{"modes":{"slow_ms":null,"mute_all":true,"chat_per_second":1.5}}',
            ['room' => 'live:1', 'modes' => ['mute_all' => true, 'chat_per_second' => 1.5]], new RoomModes(muteAll: true, chatPerSecond: 1.5),
        ];
        yield 'no modes' => [
            static fn (Client $client) => $room($client)->setModes([]), 'PATCH /v1/rooms/live%3A1', '{"modes":{}}', ['room' => 'live:1', 'modes' => []], new RoomModes(),
        ];
        yield 'members' => [
            static fn (Client $client) => self::shown($room($client)->members(2, 'c0')), 'GET /v1/rooms/live%3A1/members?cursor=c0&limit=2', null,
            ['online' => 3, 'users' => 2, 'members' => [['id' => 'a', 'name' => 'Ann', 'level' => 2], ['id' => 'g', 'guest' => true]], 'cursor' => null, 'complete' => true],
            [[new Member('a', 'Ann', 2, false, ['id' => 'a', 'name' => 'Ann', 'level' => 2]), new Member('g', null, null, true, ['id' => 'g', 'guest' => true])], null, ['online' => 3, 'users' => 2, 'complete' => true]],
        ];
        yield 'history' => [
            static fn (Client $client) => self::shown($room($client)->history('gift', 9, 1)), 'GET /v1/rooms/live%3A1/history?lane=gift&before=9&limit=1', null,
            ['msgs' => [['id' => 'm1', 'lane' => 'gift', 'offset' => 8, 'type' => 'gift', 'from' => ['id' => 'u'], 'data' => null, 'ts' => self::AT, 'receipt' => true]], 'more' => true],
            [[new Message('m1', 'gift', 'gift', null, self::AT, 8, ['id' => 'u'], true)], '8', ['more' => true]],
        ];
        yield 'rooms' => [
            static fn (Client $client) => self::shown($client->rooms('live:', 'online', 1)), 'GET /v1/rooms?prefix=live%3A&sort=online&limit=1', null,
            ['rooms' => [['room' => 'live:1', 'online' => 3]], 'cursor' => 'c1', 'total' => 2], [[new RoomSummary('live:1', 3)], 'c1', ['total' => 2]],
        ];
        yield 'mute' => [
            static fn (Client $client) => $room($client)->mute('u 7', ['for_ms' => 600_000, 'reason' => '刷屏', 'by' => 'mods']),
            'PUT /v1/rooms/live%3A1/mutes/u%207', '{"for_ms":600000,"reason":"刷屏","by":"mods"}', self::MUTE, $mute,
        ];
        yield 'unmute' => [static fn (Client $client) => $room($client)->sanctions()->unmute('u 7'), 'DELETE /v1/rooms/live%3A1/mutes/u%207', null, self::MUTE, $mute];
        yield 'the mute of a user' => [static fn (Client $client) => $room($client)->sanctions()->muteOf('u 7'), 'GET /v1/rooms/live%3A1/mutes/u%207', null, self::MUTE, $mute];
        yield 'mutes' => [
            static fn (Client $client) => self::shown($room($client)->sanctions()->mutes(5)), 'GET /v1/rooms/live%3A1/mutes?limit=5', null,
            ['mutes' => [self::MUTE], 'cursor' => 'c1'], [[$mute], 'c1', []],
        ];
        yield 'ban' => [static fn (Client $client) => $room($client)->ban('u 7'), 'PUT /v1/rooms/live%3A1/bans/u%207', '{}', self::MUTE, $mute];
        yield 'unban' => [static fn (Client $client) => $room($client)->sanctions()->unban('u 7'), 'DELETE /v1/rooms/live%3A1/bans/u%207', null, self::MUTE, $mute];
        yield 'the ban of a user' => [static fn (Client $client) => $room($client)->sanctions()->banOf('u 7'), 'GET /v1/rooms/live%3A1/bans/u%207', null, self::MUTE, $mute];
        yield 'bans' => [
            static fn (Client $client) => self::shown($room($client)->sanctions()->bans(null, 'c0')), 'GET /v1/rooms/live%3A1/bans?cursor=c0', null,
            ['bans' => [self::MUTE], 'cursor' => null], [[$mute], null, []],
        ];
        yield 'kick' => [
            static fn (Client $client) => $room($client)->kick('u 7', ['ban_ms' => 5_000, 'reason' => 'x']),
            'POST /v1/rooms/live%3A1/kick', '{"user":"u 7","ban_ms":5000,"reason":"x"}', self::MUTE, $mute,
        ];
        yield 'mute everywhere' => [static fn (Client $client) => $client->everywhere()->mute('u 7', ['until' => self::AT]), 'PUT /v1/mutes/u%207', '{"until":1767225600000}', $everywhere, $ban];
        yield 'unmute everywhere' => [static fn (Client $client) => $client->everywhere()->unmute('u 7'), 'DELETE /v1/mutes/u%207', null, $everywhere, $ban];
        yield 'the mute of a user everywhere' => [static fn (Client $client) => $client->everywhere()->muteOf('u 7'), 'GET /v1/mutes/u%207', null, $everywhere, $ban];
        yield 'mutes everywhere' => [
            static fn (Client $client) => self::shown($client->everywhere()->mutes()), 'GET /v1/mutes', null, ['mutes' => [$everywhere], 'cursor' => null], [[$ban], null, []],
        ];
        yield 'ban everywhere' => [static fn (Client $client) => $client->everywhere()->ban('u 7'), 'PUT /v1/bans/u%207', '{}', $everywhere, $ban];
        yield 'unban everywhere' => [static fn (Client $client) => $client->everywhere()->unban('u 7'), 'DELETE /v1/bans/u%207', null, $everywhere, $ban];
        yield 'the ban of a user everywhere' => [static fn (Client $client) => $client->everywhere()->banOf('u 7'), 'GET /v1/bans/u%207', null, $everywhere, $ban];
        yield 'bans everywhere' => [
            static fn (Client $client) => self::shown($client->everywhere()->bans()), 'GET /v1/bans', null, ['bans' => [$everywhere], 'cursor' => null], [[$ban], null, []],
        ];
        yield 'kick from everywhere' => [static fn (Client $client) => $client->everywhere()->kick('u 7'), 'POST /v1/users/u%207/kick', '{}', $everywhere, $ban];
        yield 'a job' => [static fn (Client $client) => $client->jobs()->get('j1'), 'GET /v1/jobs/j1', null, self::JOB, new Job('j1', 'broadcast', 'active', 1, self::AT, 3, 9)];
        yield 'cancel a job' => [static fn (Client $client) => $client->jobs()->cancel('j1'), 'DELETE /v1/jobs/j1', null, ['id' => 'j1', 'cancelled' => true, 'progress' => null], null];
        yield 'retry a job' => [
            static fn (Client $client) => $client->jobs()->retry('j1'), 'POST /v1/jobs/j1/retry', '{}',
            ['state' => 'waiting', 'progress' => null] + self::JOB, new Job('j1', 'broadcast', 'waiting', 1, self::AT),
        ];
        yield 'failed jobs' => [
            static fn (Client $client) => self::shown($client->jobs()->failed(1)), 'GET /v1/jobs?state=failed&limit=1', null,
            ['jobs' => [['state' => 'failed', 'error' => 'no', 'finished_at' => self::AT] + self::JOB], 'cursor' => null],
            [[new Job('j1', 'broadcast', 'failed', 1, self::AT, 3, 9, self::AT, 'no')], null, []],
        ];
        yield 'word lists' => [
            static fn (Client $client) => self::shown($client->words()->lists()), 'GET /v1/words', null,
            ['lists' => [['name' => 'ads', 'action' => 'block', 'count' => 2]]], [[new WordList('ads', 'block', null, 2, null)], null, []],
        ];
        yield 'a word list' => [
            static fn (Client $client) => $client->words()->get('ads'), 'GET /v1/words/ads', null,
            ['name' => 'ads', 'action' => 'mask', 'words' => ['a', 'b'], 'rooms' => ['live:*']], new WordList('ads', 'mask', ['a', 'b'], 2, ['live:*']),
        ];
        yield 'put a word list' => [
            static fn (Client $client) => $client->words()->put('ads', 'mask', ['加微信'], ['live:*']), 'PUT /v1/words/ads', '{"action":"mask","words":["加微信"],"rooms":["live:*"]}',
            ['name' => 'ads', 'action' => 'mask', 'count' => 1, 'rooms' => ['live:*']], new WordList('ads', 'mask', null, 1, ['live:*']),
        ];
        yield 'delete a word list' => [static fn (Client $client) => $client->words()->delete('ads'), 'DELETE /v1/words/ads', null, ['name' => 'ads', 'action' => 'mask', 'count' => 1], true];
        $held = ['id' => 'm1', 'room' => 'live:1', 'type' => 'chat', 'data' => ['text' => 'x'], 'from' => ['id' => 'u'], 'at' => self::AT, 'reason' => 'ads'];
        yield 'reviews' => [
            static fn (Client $client) => self::shown($client->reviews()->list(1)), 'GET /v1/reviews?limit=1', null, ['reviews' => [$held], 'cursor' => null],
            [[new HeldMessage('m1', 'live:1', 'chat', ['text' => 'x'], ['id' => 'u'], self::AT, 'ads')], null, []],
        ];
        yield 'approve' => [
            static fn (Client $client) => $client->reviews()->approve('m1'), 'POST /v1/reviews/m1/approve', '{}',
            ['id' => 'm1', 'room' => 'live:1', 'lane' => 'chat'], new Published('m1', 'live:1', 'chat'),
        ];
        yield 'reject' => [static fn (Client $client) => $client->reviews()->reject('m1'), 'POST /v1/reviews/m1/reject', '{}', ['id' => 'm1', 'room' => 'live:1'], null];
        $secret = ['id' => 'shop', 'key' => 'dmx_1', 'signing_secret' => 'dms_1'];
        yield 'make a key' => [
            static fn (Client $client) => $client->keys()->create('shop', ['publish'], ['rooms' => ['live:*'], 'signed_only' => true]),
            'POST /v1/keys', '{"id":"shop","scopes":["publish"],"rooms":["live:*"],"signed_only":true}', $secret, new NewKey('shop', 'dmx_1', 'dms_1'),
        ];
        yield 'keys' => [
            static fn (Client $client) => self::shown($client->keys()->list()), 'GET /v1/keys', null,
            ['keys' => [['id' => 'shop', 'scopes' => ['read'], 'signed_only' => false, 'source' => 'store', 'created_at' => self::AT, 'last_used_at' => null]]],
            [[new Key('shop', ['read'], false, 'store', null, self::AT)], null, []],
        ];
        yield 'the key itself' => [
            static fn (Client $client) => $client->keys()->me(), 'GET /v1/keys/me', null,
            ['id' => 'shop', 'scopes' => ['publish', 'read'], 'rooms' => ['live:*'], 'signed_only' => false, 'source' => 'config', 'last_used_at' => self::AT, 'signed' => false],
            new Key('shop', ['publish', 'read'], false, 'config', ['live:*'], lastUsedAtMs: self::AT),
        ];
        yield 'rotate a key' => [
            static fn (Client $client) => $client->keys()->rotate('shop', 0), 'POST /v1/keys/shop/rotate', '{"grace_ms":0}',
            $secret + ['old_until' => self::AT], new NewKey('shop', 'dmx_1', 'dms_1', self::AT),
        ];
        yield 'end a key' => [static fn (Client $client) => $client->keys()->delete('shop'), 'DELETE /v1/keys/shop', null, ['id' => 'shop', 'removed' => true], true];
        yield 'the audit log' => [
            static fn (Client $client) => self::shown($client->keys()->audit('shop', '/v1/keys', 1)), 'GET /v1/audit?key=shop&route=%2Fv1%2Fkeys&limit=1', null,
            ['rows' => [['ts' => self::AT, 'key' => null, 'method' => 'PUT', 'route' => '/v1/mutes/:user', 'params' => ['user' => 'u'], 'status' => 401, 'code' => 'unauthorized', 'trace' => 't', 'address' => '::1']], 'cursor' => null],
            [[new AuditRow(self::AT, null, 'PUT', '/v1/mutes/:user', ['user' => 'u'], 401, 'unauthorized', 't', '::1')], null, []],
        ];
        yield 'webhook targets' => [
            static fn (Client $client) => self::shown($client->webhooks()->targets()), 'GET /v1/webhooks', null,
            ['webhooks' => [['id' => 'shop', 'host' => 'shop.example', 'state' => 'open', 'failures' => 2, 'retry_at' => self::AT, 'error' => '500', 'lag_ms' => 7, 'dropped' => 3]]],
            [[new WebhookTarget('shop', 'shop.example', 'open', 2, 7, self::AT, '500', 3)], null, []],
        ];
        yield 'enable a target' => [
            static fn (Client $client) => $client->webhooks()->enable('shop'), 'POST /v1/webhooks/shop/enable', '{}', ['id' => 'shop', 'enabled' => true], null,
        ];
        yield 'dead letters' => [
            static fn (Client $client) => self::shown($client->webhooks()->dead(1)), 'GET /v1/webhooks/dead?limit=1', null,
            ['letters' => [['entry' => '1-0', 'target' => 'shop', 'event' => ['id' => 'e1', 'type' => 'room.occupied', 'room' => 'a', 'ts' => self::AT, 'data' => []], 'error' => '500', 'attempts' => 9, 'at' => self::AT]], 'cursor' => null],
            [[new DeadLetter('1-0', 'shop', new WebhookEvent('e1', 'room.occupied', 'a', self::AT, []), '500', 9, self::AT)], null, []],
        ];
        yield 'replay a dead letter' => [
            static fn (Client $client) => $client->webhooks()->replay('1-0'), 'POST /v1/webhooks/dead/1-0/replay', '{}', ['entry' => '1-0', 'queued' => true], null,
        ];
        yield 'a token that watches' => [
            static fn (Client $client) => $client->createWatchToken('live:1', 600), 'POST /v1/tokens/watch', '{"room":"live:1","ttl_s":600}',
            ['token' => 'jwt', 'expires_at' => self::AT, 'room' => 'live:1'], new Token('jwt', self::AT),
        ];
        yield 'a token' => [
            static fn (Client $client) => $client->createToken('u1', ['name' => '小明']), 'POST /v1/tokens', '{"sub":"u1","name":"小明","ttl_s":3600}',
            ['token' => 'jwt', 'expires_at' => self::AT], new Token('jwt', self::AT),
        ];
        yield 'stats' => [
            static fn (Client $client) => $client->stats(), 'GET /v1/stats', null,
            ['rooms' => 1, 'online' => 2, 'accepted' => ['gift' => 1], 'sequenced' => ['gift' => 1], 'shed' => ['chat' => ['budget' => 4]], 'nodes' => [self::NODE]],
            new Stats(1, 2, ['gift' => 1], ['gift' => 1], ['chat' => ['budget' => 4]], [new Node('edge@a', 'edge', '127.0.0.1:7700', '0.1.0', 0.0)]),
        ];
        yield 'stats of the last minutes' => [
            static fn (Client $client) => self::shown($client->statsHistory(5)), 'GET /v1/stats/history?minutes=5', null,
            ['every_ms' => 10_000, 'samples' => [['at' => self::AT, 'online' => 3]]], [[['at' => self::AT, 'online' => 3]], null, ['every_ms' => 10_000]],
        ];
        yield 'edges' => [
            static fn (Client $client) => self::shown($client->edges('live:1')), 'GET /v1/gateway?room=live%3A1', null,
            ['edges' => [['url' => 'http://127.0.0.1:7700', 'load' => 0.1]], 'ttl_ms' => 10_000], [['http://127.0.0.1:7700'], null, ['ttl_ms' => 10_000]],
        ];
        yield 'nodes' => [
            static fn (Client $client) => self::shown($client->nodes()), 'GET /v1/nodes', null,
            ['nodes' => [self::NODE + ['lag_ms' => 1.5]]], [[new Node('edge@a', 'edge', '127.0.0.1:7700', '0.1.0', 0.0, ['lag_ms' => 1.5])], null, []],
        ];
    }

    /**
     * @dataProvider calls
     * @param callable(Client): mixed $call
     * @param array<string, mixed>    $answer
     */
    public function testACallAsksAndReads(callable $call, string $line, ?string $body, array $answer, mixed $expected): void
    {
        // The first try fails: whatever the method, it is sent again as it was.
        $server = $this->serve(self::problem(503, 'unavailable'), ['status' => 200, 'body' => $answer]);
        self::assertEquals($expected, $call($this->client($server)));
        [$first, $second] = $server->requests();
        self::assertSame($line, "{$first['method']} {$first['target']}");
        self::assertSame($body ?? '', $first['body']);
        self::assertSame('Bearer ' . self::KEY, $first['headers']['authorization']);
        self::assertSame($first['method'] === 'POST', isset($first['headers']['idempotency-key']));
        self::assertSame($body !== null, isset($first['headers']['content-type']));
        self::assertSame(self::wire($first), self::wire($second));
    }

    public function testThereIsACallForEveryRouteAndARouteForEveryCall(): void
    {
        $document = json_decode((string) file_get_contents(__DIR__ . '/../../../docs/openapi.json'), true, 512, JSON_THROW_ON_ERROR);
        $routes = [];
        foreach ($document['paths'] as $path => $methods) {
            foreach (array_keys(str_starts_with($path, '/v1/') ? $methods : []) as $method) {
                $routes[strtoupper($method) . " $path"] = '#^' . strtoupper($method) . ' ' . preg_replace('/\{\w+\}/', '[^/]+', $path) . '$#';
            }
        }
        $lines = array_map(static fn (array $call): string => explode('?', $call[1])[0], iterator_to_array($this->calls()));
        self::assertGreaterThan(40, count($routes));
        self::assertSame([], array_keys(array_filter($routes, static fn (string $form): bool => preg_grep($form, $lines) === [])), 'routes without a call');
        $isRoute = static fn (string $line): bool => array_filter($routes, static fn (string $form): bool => preg_match($form, $line) === 1) !== [];
        self::assertSame([], array_filter($lines, static fn (string $line): bool => !$isRoute($line)), 'calls without a route');
    }

    public function testCallsOfAllMethodsShareOneConnection(): void
    {
        $found = ['status' => 200, 'body' => ['id' => 'm1', 'room' => 'live:1', 'found' => true]];
        $server = $this->serve(self::ACCEPTED, $found, ['status' => 200, 'body' => self::MUTE], $found, self::ACCEPTED);
        $client = $this->client($server);
        $client->publish('live:1', 'gift', 1);
        $client->room('live:1')->recall('m1');
        $client->room('live:1')->mute('u');
        $client->room('live:1')->recall('m1');
        $client->publish('live:1', 'gift', 1);
        self::assertSame(['POST', 'DELETE', 'PUT', 'DELETE', 'POST'], array_column($server->requests(), 'method'));
        self::assertSame(['', ''], [$server->requests()[1]['body'], $server->requests()[3]['body']]);
        self::assertCount(1, array_unique(array_column($server->requests(), 'connection')));
    }

    public function testWhatIsNotThereIsNullOrFalseWhereThatIsAnAnswer(): void
    {
        $server = $this->serve(...array_fill(0, 5, self::problem(404, 'not_found')));
        $client = $this->client($server);
        self::assertNull($client->room('a')->sanctions()->unmute('u'));
        self::assertNull($client->everywhere()->banOf('u'));
        self::assertFalse($client->words()->delete('ads'));
        self::assertFalse($client->keys()->delete('shop'));
        self::assertSame('not_found', $this->fails(InvalidRequestException::class, fn () => $client->receipts('m1'))->errorCode);
    }

    public function testOtherRefusalsOfADeleteAreThrown(): void
    {
        $server = $this->serve(self::problem(409, 'conflict'), self::problem(400, 'invalid_room'));
        $client = $this->client($server);
        self::assertSame('conflict', $this->fails(ConflictException::class, fn () => $client->keys()->delete('default'))->errorCode);
        self::assertSame('invalid_room', $this->fails(InvalidRequestException::class, fn () => $client->room('?')->sanctions()->unban('u'))->errorCode);
    }

    /** @return iterable<string, array{array<string, mixed>|string}> */
    public function wrongAnswers(): iterable
    {
        yield 'a field that is missing' => [['id' => 'm1', 'at' => self::AT]];
        yield 'a field of another type' => [['id' => 'm1', 'at' => 'x', 'state' => 'final', 'sent' => 5, 'received' => 4, 'missing' => 1, 'rooms' => []]];
        yield 'a list of others' => [['id' => 'm1', 'at' => self::AT, 'state' => 'final', 'sent' => 5, 'received' => 4, 'missing' => 1, 'rooms' => [5]]];
        yield 'a text' => ['"x"'];
        yield 'nothing' => [''];
    }

    /**
     * @dataProvider wrongAnswers
     * @param array<string, mixed>|string $body
     */
    public function testAnAnswerThatHoldsSomethingElseIsABadAnswer(array|string $body): void
    {
        $server = $this->serve(['status' => 200, 'body' => $body]);
        self::assertSame('bad_answer', $this->fails(ServerException::class, fn () => $this->client($server)->receipts('m1'))->errorCode);
    }

    /** @return iterable<string, array{callable(Client): mixed}> */
    public function mistakes(): iterable
    {
        yield 'a misspelt mode' => [static fn (Client $client) => $client->room('a')->setModes(['slow' => 5])];
        yield 'a misspelt option of a mute' => [static fn (Client $client) => $client->room('a')->mute('u', ['for' => 5])];
        yield 'an option of another call' => [static fn (Client $client) => $client->room('a')->kick('u', ['for_ms' => 5])];
        yield 'a key of a batch message' => [static fn (Client $client) => $client->publishBatch([['room' => 'a', 'type' => 'gift', 'data' => 1, 'idempotencyKey' => 'x']])];
        yield 'no room' => [static fn (Client $client) => $client->room('')->get()];
        yield 'a user that would be another address' => [static fn (Client $client) => $client->everywhere()->ban('..')];
        yield 'an unknown option of a key' => [static fn (Client $client) => $client->keys()->create('a', ['read'], ['room' => ['x']])];
    }

    /**
     * @dataProvider mistakes
     * @param callable(Client): mixed $call
     */
    public function testAMistakeOfTheCallerIsRefusedBeforeAnythingIsSent(callable $call): void
    {
        $server = $this->serve(self::ACCEPTED);
        try {
            $call($this->client($server));
            self::fail('nothing was thrown');
        } catch (InvalidArgumentException) {
            self::assertSame([], $server->requests());
        }
    }

    /**
     * A page without the way to the next one, which no two have alike.
     *
     * @return array{list<mixed>, ?string, array<string, mixed>}
     */
    private static function shown(Page $page): array
    {
        return [$page->items, $page->cursor, $page->about];
    }

    /**
     * @param array<string, mixed> $request
     * @return array<string, mixed>
     */
    private static function wire(array $request): array
    {
        return array_diff_key($request, ['at_ms' => true, 'connection' => true]);
    }
}
