<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\AuthenticationException;
use Danmux\Client;
use Danmux\InvalidRequestException;
use Danmux\Published;
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
        self::assertSame('order-7', $this->client->publish($this->room, 'gift', 1, ['id' => 'order-7'])->id);
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

    /**
     * What the relay has numbered so far; it does so a moment after the answer, so this waits for `count` messages.
     *
     * @return list<array<string, mixed>>
     */
    private function history(string $lane, int $count): array
    {
        $context = stream_context_create(['http' => ['header' => "Authorization: Bearer {$this->key}", 'timeout' => 5]]);
        $endsAt = microtime(true) + 10;
        do {
            $answer = (string) file_get_contents("$this->url/v1/rooms/" . rawurlencode($this->room) . "/history?lane=$lane", false, $context);
            $messages = json_decode($answer, true, 64, JSON_THROW_ON_ERROR)['msgs'];
            if (count($messages) >= $count) {
                return $messages;
            }
            usleep(20_000);
        } while (microtime(true) < $endsAt);
        self::fail("history held " . count($messages) . " of $count messages after 10 s");
    }
}
