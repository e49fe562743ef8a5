<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\ApiException;
use Danmux\AuthenticationException;
use Danmux\Client;
use Danmux\ConflictException;
use Danmux\InvalidRequestException;
use Danmux\Published;
use Danmux\Result\AuditRow;
use Danmux\Result\Key;
use Danmux\Result\Message;
use Danmux\Result\Node;
use Danmux\Result\RoomModes;
use Danmux\Result\WordList;
use PHPUnit\Framework\TestCase;

/** The client against a running danmux: DANMUX_TEST_URL and DANMUX_TEST_KEY say which. `npm test` starts one for it. */
final class LiveTest extends TestCase
{
    private string $url;
    private string $key;
    private Client $client;
    private string $room;

    protected function setUp(): void
    {
        $this->url = getenv('DANMUX_TEST_URL') ?: self::fail('Set DANMUX_TEST_URL and DANMUX_TEST_KEY to a running danmux.');
        $this->key = getenv('DANMUX_TEST_KEY') ?: self::fail('Set DANMUX_TEST_KEY to the API key of the danmux at DANMUX_TEST_URL.');
        $this->client = new Client($this->url, $this->key);
        $this->room = 'php:' . bin2hex(random_bytes(6));
    }

    public function testAGiftIsStoredAndStandsInHistory(): void
    {
        $published = $this->client->publish($this->room, 'gift', ['gift' => '火箭'], ['from' => ['id' => 'u1', 'name' => '小明'], 'id' => 'order-1']);
        self::assertEquals(new Published('order-1', $this->room, 'gift'), $published);
        [$message] = $this->history('gift', 1);
        self::assertSame(['order-1', 'gift', ['gift' => '火箭'], '小明'], [$message['id'], $message['type'], $message['data'], $message['from']['name']]);
    }

    public function testTheSameIdempotencyKeyIsOneMessage(): void
    {
        $key = bin2hex(random_bytes(8));
        $first = $this->client->publish($this->room, 'gift', ['n' => 1], ['idempotencyKey' => $key]);
        $again = $this->client->publish($this->room, 'gift', ['n' => 1], ['idempotencyKey' => $key]);
        self::assertSame($first->id, $again->id);
        self::assertSame([false, true], [$first->replayed, $again->replayed]);
        $last = $this->client->publish($this->room, 'gift', ['n' => 2]);
        self::assertSame([$first->id, $last->id], array_column($this->history('gift', 2), 'id'));
    }

    public function testTheSameIdIsOneMessage(): void
    {
        $this->client->publish($this->room, 'gift', 1, ['id' => 'order-7']);
        $again = $this->client->publish($this->room, 'gift', 1, ['id' => 'order-7']);
        self::assertSame(['order-7', true], [$again->id, $again->duplicate]);
        try {
            $this->client->publish($this->room, 'gift', 3, ['id' => 'order-7']);
            self::fail('nothing was thrown');
        } catch (ConflictException $error) {
            self::assertSame([409, 'duplicate_id'], [$error->status, $error->errorCode]);
        }
        $last = $this->client->publish($this->room, 'gift', 2);
        self::assertSame(['order-7', $last->id], array_column($this->history('gift', 2), 'id'));
    }

    public function testTheSameIdempotencyKeyWithAnotherBodyIsRefused(): void
    {
        $key = bin2hex(random_bytes(8));
        $this->client->publish($this->room, 'gift', 1, ['idempotencyKey' => $key]);
        try {
            $this->client->publish($this->room, 'gift', 2, ['idempotencyKey' => $key]);
            self::fail('nothing was thrown');
        } catch (InvalidRequestException $error) {
            self::assertSame([422, 'idempotency_mismatch'], [$error->status, $error->errorCode]);
        }
    }

    public function testABatchIsAcceptedOrRefusedMessageByMessage(): void
    {
        $results = $this->client->publishBatch([
            ['room' => $this->room, 'type' => 'gift', 'data' => ['n' => 1]],
            ['room' => 'not a room', 'type' => 'gift', 'data' => 1],
            ['room' => $this->room, 'type' => 'no_such_type', 'data' => 1],
            ['room' => $this->room, 'type' => 'notice', 'data' => ['text' => 'hello']],
        ]);
        self::assertSame('gift', $results[0]->lane);
        self::assertSame('invalid_room', $results[1]->errorCode);
        self::assertSame('unknown_type', $results[2]->errorCode);
        self::assertSame('control', $results[3]->lane);
    }

    public function testATokenIsOfTheUserAndEndsWhenAsked(): void
    {
        $token = $this->client->createToken('u1', ['name' => '小明', 'rooms' => ['live:*']], 600);
        $claims = json_decode((string) base64_decode(strtr(explode('.', $token->token)[1], '-_', '+/')), true);
        self::assertSame(['u1', '小明', ['live:*']], [$claims['sub'], $claims['name'], $claims['rooms']]);
        self::assertSame($token->expiresAtMs, $claims['exp'] * 1_000);
        self::assertEqualsWithDelta(time() + 600, $claims['exp'], 10);
    }

    public function testADelayedMessageIsAJobThatCanBeCancelled(): void
    {
        $published = $this->client->publish($this->room, 'gift', 1, ['delay_ms' => 60_000, 'id' => 'later']);
        self::assertNotNull($published->job);
        $job = $this->client->jobs()->get($published->job);
        self::assertSame(['publish', 'delayed', $published->job], [$job->name, $job->state, $job->id]);
        $this->client->jobs()->cancel($published->job);
        self::assertRefused('not_found', fn () => $this->client->jobs()->get($published->job));
        $soon = $this->client->publish($this->room, 'gift', 2, ['delay_ms' => 20]);
        self::assertSame([$soon->id], array_column($this->history('gift', 1), 'id'));
        self::assertRefused('conflict', fn () => $this->client->jobs()->retry($soon->job));
        self::assertCount(0, $this->client->jobs()->failed());
    }

    public function testABroadcastAndAMessageToAUserAreAccepted(): void
    {
        $broadcast = $this->client->broadcast("$this->room*", 'notice', ['text' => 'hi'], ['id' => bin2hex(random_bytes(8))]);
        self::assertSame('broadcast', $this->client->jobs()->get($broadcast->job)->name);
        $message = $this->client->publishToUser('小明/7', 'notice', ['coins' => 5], ['receipt' => true]);
        self::assertSame(['小明/7', 'control', null], [$message->user, $message->lane, $message->job]);
        $receipts = $this->client->receipts($message->id);
        self::assertSame([$message->id, 0, 0, ['@me']], [$receipts->id, $receipts->sent, $receipts->missing, $receipts->rooms]);
        self::assertRefused('not_found', fn () => $this->client->receipts('no-such-message'));
    }

    public function testARecalledMessageLeavesHistory(): void
    {
        $room = $this->client->room($this->room);
        $slip = $room->publish('chat', ['text' => 'oh']);
        $this->history('chat', 1);
        self::assertTrue($room->recall($slip->id)->found);
        self::assertSame(['recalled'], array_map(static fn (Message $message): string => $message->type, $room->history()->messages));
        self::assertFalse($room->recall('no-such-message')->found);
    }

    public function testHistoryIsReadPageByPage(): void
    {
        $ids = array_map(fn (int $n): string => $this->client->publish($this->room, 'gift', ['n' => $n])->id, range(1, 5));
        $this->history('gift', 5);
        $page = $this->client->room($this->room)->history('gift', limit: 2);
        self::assertSame([array_slice($ids, 3), '4', true], [array_column($page->items, 'id'), $page->cursor, $page->more]);
        $older = $page->next();
        self::assertSame([array_slice($ids, 1, 2), '2'], [array_column($older->items, 'id'), $older->cursor]);
        self::assertEquals($older->items, $this->client->room($this->room)->history('gift', $page->cursor, 2)->items);
        self::assertSame([$ids[0], null, null], [$older->next()[0]->id, $older->next()->cursor, $older->next()->next()]);
        self::assertSame(array_reverse($ids), array_column([...$page->all()], 'id'));
    }

    public function testModesArePatchedFieldByField(): void
    {
        $room = $this->client->room($this->room);
        self::assertEquals(new RoomModes(slowMs: 500, minLevel: 3), $room->setModes(['slow_ms' => 500, 'min_level' => 3]));
        self::assertEquals(new RoomModes(minLevel: 3, chatPerSecond: 2.5), $room->setModes(['slow_ms' => null, 'chat_per_second' => 2.5]));
        $state = $room->get();
        self::assertEquals([0, 0, new RoomModes(minLevel: 3, chatPerSecond: 2.5)], [$state->online, $state->users, $state->modes]);
        self::assertEquals(new RoomModes(minLevel: 3, chatPerSecond: 2.5), $room->setModes([]));
    }

    public function testMutesBansAndKicksOfARoomAndOfAll(): void
    {
        $room = $this->client->room($this->room);
        $user = '小明 ' . bin2hex(random_bytes(4));
        foreach ([$room->sanctions(), $this->client->everywhere()] as $where) {
            $mute = $where->mute($user, ['for_ms' => 60_000, 'reason' => '刷屏', 'by' => 'mods']);
            self::assertSame([$user, 'mods', '刷屏'], [$mute->user, $mute->by, $mute->reason]);
            self::assertEqualsWithDelta($mute->atMs + 60_000, $mute->untilMs, 1_000);
            self::assertEquals($mute, $where->muteOf($user));
            self::assertContainsEquals($mute, iterator_to_array($where->mutes(100)->all(), false));
            self::assertEquals($mute, $where->unmute($user));
            self::assertNull($where->unmute($user));
            $ban = $where->ban($user);
            self::assertSame([null, null], [$ban->untilMs, $ban->reason]);
            self::assertContainsEquals($ban, iterator_to_array($where->bans(1)->all(), false));
            self::assertEquals($ban, $where->unban($user));
            self::assertNull($where->banOf($user));
            self::assertSame('out', $where->kick($user, ['reason' => 'out'])->reason);
        }
        self::assertSame($this->room, $room->mute($user)->room);
        self::assertNull($this->client->everywhere()->mute($user)->room);
        $this->client->everywhere()->unmute($user);
    }

    public function testWordListsAndReviews(): void
    {
        $words = $this->client->words();
        $name = 'php-' . bin2hex(random_bytes(4));
        self::assertEquals(new WordList($name, 'mask', null, 2, ["$this->room*"]), $words->put($name, 'mask', ['加微信', 'spam'], ["$this->room*"]));
        self::assertEqualsCanonicalizing(['加微信', 'spam'], $words->get($name)->words);
        self::assertContains($name, array_map(static fn (WordList $list): string => $list->name, $words->lists()->items));
        self::assertTrue($words->delete($name));
        self::assertFalse($words->delete($name));
        self::assertIsArray($this->client->reviews()->list()->items);
        self::assertRefused('not_found', fn () => $this->client->reviews()->approve('no-such-message'));
    }

    public function testRoomsMembersStatsNodesAndWebhooksAreRead(): void
    {
        self::assertIsInt($this->client->rooms($this->room)->about['total']);
        self::assertCount(0, $this->client->room($this->room)->members());
        self::assertGreaterThanOrEqual(0, $this->client->stats()->online);
        self::assertContains('edge', array_map(static fn (Node $node): string => $node->role, [...$this->client->nodes()]));
        self::assertCount(0, $this->client->webhooks()->targets());
        self::assertCount(0, $this->client->webhooks()->dead());
        self::assertRefused('not_found', fn () => $this->client->webhooks()->enable('no-such-target'));
        self::assertRefused('not_found', fn () => $this->client->webhooks()->replay('1-0'));
    }

    public function testAKeyIsMadeUsedSignedRotatedAndEnded(): void
    {
        $keys = $this->client->keys();
        $id = 'php-' . bin2hex(random_bytes(4));
        $made = $keys->create($id, ['publish'], ['rooms' => ["$this->room*"]]);
        self::assertContains($id, array_map(static fn (Key $key): string => $key->id, [...$keys->list()->all()]));
        self::assertSame('gift', (new Client($this->url, $made->key))->publish($this->room, 'gift', 1)->lane);
        $signed = new Client($this->url, null, ['signing' => ['key_id' => $id, 'secret' => $made->signingSecret]]);
        self::assertSame('gift', $signed->publish($this->room, 'gift', ['name' => '火箭'])->lane);
        self::assertRefused('forbidden', fn () => $signed->room($this->room)->get(), 'its scope is publish only');
        self::assertRefused('forbidden', fn () => $signed->publish('other:1', 'gift', 1), 'its rooms are others');
        $rotated = $keys->rotate($id, 0);
        self::assertRefused('signature_invalid', fn () => $signed->publish($this->room, 'gift', 1));
        self::assertSame('gift', (new Client($this->url, $rotated->key))->publish($this->room, 'gift', 1)->lane);
        self::assertTrue($keys->delete($id));
        self::assertFalse($keys->delete($id));
        self::assertRefused('unauthorized', fn () => (new Client($this->url, $rotated->key))->publish($this->room, 'gift', 1));
        $rows = $keys->audit(null, '/v1/keys', 10)->items;
        self::assertContains('/v1/keys/:id/rotate', array_map(static fn (AuditRow $row): string => $row->route, $rows));
    }

    public function testAWrongKeyIsRefused(): void
    {
        $this->expectException(AuthenticationException::class);
        (new Client($this->url, str_repeat('x', 40)))->publish($this->room, 'gift', 1);
    }

    public function testABadRoomIsRefusedWithItsCodeAndATrace(): void
    {
        try {
            $this->client->publish('not a room/../', 'gift', 1);
            self::fail('nothing was thrown');
        } catch (InvalidRequestException $error) {
            self::assertSame([400, 'invalid_room'], [$error->status, $error->errorCode]);
            self::assertNotNull($error->traceId);
        }
    }

    private static function assertRefused(string $code, callable $call, string $why = ''): void
    {
        try {
            $call();
        } catch (ApiException $error) {
            self::assertSame($code, $error->errorCode, $why);
            return;
        }
        self::fail("$code was not thrown $why");
    }

    /**
     * What the relay has numbered so far; it does so a moment after the answer, so this waits for `count` messages.
     *
     * @return list<array<string, mixed>>
     */
    private function history(string $lane, int $count): array
    {
        $endsAt = microtime(true) + 10;
        do {
            $messages = $this->client->room($this->room)->history($lane)->items;
            if (count($messages) >= $count) {
                return array_map(static fn (Message $message): array => (array) $message, $messages);
            }
            usleep(20_000);
        } while (microtime(true) < $endsAt);
        self::fail('history held ' . count($messages) . " of $count messages after 10 s");
    }
}
