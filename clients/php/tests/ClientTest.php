<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\ApiException;
use Danmux\AuthenticationException;
use Danmux\Client;
use Danmux\InvalidRequestException;
use Danmux\Published;
use Danmux\ServerException;
use InvalidArgumentException;
use stdClass;

/** What the client asks for and what it makes of the answers; retries are in RetryingTest. */
final class ClientTest extends ServerTestCase
{
    public function testPublishSendsTheMessageAndReturnsItsIdRoomAndLane(): void
    {
        $server = $this->serve(self::ACCEPTED);
        $from = ['id' => 'u1', 'name' => '小明', 'level' => 7];
        $published = $this->client($server)->publish('live:1', 'gift', ['gift' => '火箭', 'price' => 1.0], ['from' => $from, 'id' => 'order-1']);

        self::assertEquals(new Published('m1', 'live:1', 'gift', false), $published);
        [$request] = $server->requests();
        self::assertSame('POST', $request['method']);
        self::assertSame('/v1/rooms/live%3A1/messages', $request['target']);
        self::assertSame('Bearer ' . self::KEY, $request['headers']['authorization']);
        self::assertSame('application/json', $request['headers']['content-type']);
        self::assertSame('{"type":"gift","data":{"gift":"火箭","price":1.0},"from":{"id":"u1","name":"小明","level":7},"id":"order-1"}', $request['body']);
    }

    public function testARequestWithoutAnIdempotencyKeyGetsOneOfItsOwn(): void
    {
        $server = $this->serve(self::ACCEPTED, self::ACCEPTED);
        $client = $this->client($server);
        $client->publish('live:1', 'gift', 1);
        $client->publish('live:1', 'gift', 1);
        $keys = array_map(static fn (array $request): string => $request['headers']['idempotency-key'], $server->requests());
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $keys[0]);
        self::assertNotSame($keys[0], $keys[1]);
    }

    public function testAGivenIdempotencyKeyIsUsedAndAReplayIsTold(): void
    {
        $server = $this->serve(self::ACCEPTED + ['headers' => ['Idempotent-Replayed' => 'true']]);
        $published = $this->client($server)->publish('live:1', 'gift', 1, ['idempotencyKey' => 'order-1']);
        self::assertTrue($published->replayed);
        self::assertSame('order-1', $server->requests()[0]['headers']['idempotency-key']);
    }

    public function testCallsShareOneConnection(): void
    {
        $server = $this->serve(self::ACCEPTED, self::ACCEPTED, self::ACCEPTED);
        $client = $this->client($server);
        for ($i = 0; $i < 3; $i++) {
            $client->publish('live:1', 'gift', $i);
        }
        self::assertCount(1, array_unique(array_column($server->requests(), 'connection')));
    }

    public function testALongBodyIsSentAtOnceAndWhole(): void
    {
        $server = $this->serve(['status' => 200, 'body' => ['results' => array_fill(0, 60, ['status' => 202, 'id' => 'm', 'room' => 'a', 'lane' => 'chat'])]]);
        $message = ['room' => 'a', 'type' => 'chat', 'data' => str_repeat('x', 30_000)];
        self::assertCount(60, $this->client($server)->publishBatch(array_fill(0, 60, $message)));
        self::assertArrayNotHasKey('expect', $server->requests()[0]['headers']);
        self::assertGreaterThan(1_800_000, strlen($server->requests()[0]['body']));
    }

    public function testPublishBatchGivesOneResultForEachMessageInOrder(): void
    {
        $refused = self::problem(400, 'invalid_room')['body'];
        $full = self::problem(503, 'lane_full', ['retry_after_ms' => 250])['body'];
        $server = $this->serve(['status' => 200, 'body' => ['results' => [['status' => 202, 'id' => 'm1', 'room' => 'a', 'lane' => 'gift'], $refused, $full]]]);
        $results = $this->client($server)->publishBatch([
            ['room' => 'a', 'type' => 'gift', 'data' => new stdClass()],
            ['room' => '?', 'type' => 'gift', 'data' => null],
            ['room' => 'b', 'type' => 'gift', 'data' => [], 'id' => 'o3', 'from' => ['id' => 'u']],
        ], ['idempotencyKey' => 'batch-1']);

        self::assertEquals(new Published('m1', 'a', 'gift'), $results[0]);
        self::assertInstanceOf(InvalidRequestException::class, $results[1]);
        self::assertSame('invalid_room', $results[1]->errorCode);
        self::assertInstanceOf(ServerException::class, $results[2]);
        self::assertSame(250, $results[2]->retryAfterMs);
        [$request] = $server->requests();
        self::assertSame('/v1/messages/batch', $request['target']);
        self::assertSame('batch-1', $request['headers']['idempotency-key']);
        self::assertSame(
            '{"messages":[{"room":"a","type":"gift","data":{}},{"room":"?","type":"gift","data":null},{"room":"b","type":"gift","data":[],"id":"o3","from":{"id":"u"}}]}',
            $request['body'],
        );
    }

    public function testABatchAnsweredWithTooFewResultsIsABadAnswer(): void
    {
        $server = $this->serve(['status' => 200, 'body' => ['results' => []]]);
        $error = $this->fails(ServerException::class, fn () => $this->client($server)->publishBatch([['room' => 'a', 'type' => 'gift', 'data' => 1]]));
        self::assertSame('bad_answer', $error->errorCode);
    }

    public function testCreateTokenSendsClaimsAndTtl(): void
    {
        $server = $this->serve(['status' => 200, 'body' => ['token' => 'jwt', 'expires_at' => 1_700_000_000_000]]);
        $token = $this->client($server)->createToken('u1', ['name' => '小明', 'rooms' => ['live:*']], 600);
        self::assertSame('jwt', $token->token);
        self::assertSame(1_700_000_000_000, $token->expiresAtMs);
        self::assertSame('/v1/tokens', $server->requests()[0]['target']);
        self::assertSame('{"sub":"u1","name":"小明","rooms":["live:*"],"ttl_s":600}', $server->requests()[0]['body']);
    }

    /** @return iterable<string, array{int, string, class-string<ApiException>}> */
    public function refusals(): iterable
    {
        yield 'wrong key' => [401, 'unauthorized', AuthenticationException::class];
        yield 'scope' => [403, 'forbidden', AuthenticationException::class];
        yield 'bad room' => [400, 'invalid_room', InvalidRequestException::class];
        yield 'no route' => [404, 'not_found', InvalidRequestException::class];
        yield 'too large' => [413, 'too_large', InvalidRequestException::class];
        yield 'same key, other body' => [422, 'idempotency_mismatch', InvalidRequestException::class];
        yield 'bug in danmux' => [500, 'internal', ServerException::class];
    }

    /**
     * @dataProvider refusals
     * @param class-string<ApiException> $class
     */
    public function testARefusalIsThrownAtOnceWithCodeStatusAndTrace(int $status, string $code, string $class): void
    {
        $server = $this->serve(self::problem($status, $code), self::ACCEPTED);
        $error = $this->fails($class, fn () => $this->client($server)->publish('live:1', 'gift', 1));
        self::assertSame([$status, $code, 'trace-1', null], [$error->status, $error->errorCode, $error->traceId, $error->retryAfterMs]);
        self::assertSame($status, $error->getCode());
        self::assertStringContainsString("It was $code.", $error->getMessage());
        self::assertCount(1, $server->requests());
    }

    public function testAnAnswerThatIsNotDanmuxIsSaidToBeSo(): void
    {
        $server = $this->serve(['status' => 200, 'body' => '<html>hello</html>'], ['status' => 404, 'body' => '<html>no</html>'], ['status' => 302, 'headers' => ['Location' => '/x'], 'body' => '']);
        $client = $this->client($server);
        self::assertSame('bad_answer', $this->fails(ServerException::class, fn () => $client->publish('a', 'gift', 1))->errorCode);
        self::assertSame(404, $this->fails(InvalidRequestException::class, fn () => $client->publish('a', 'gift', 1))->status);
        self::assertSame(302, $this->fails(ServerException::class, fn () => $client->publish('a', 'gift', 1))->status);
        self::assertCount(3, $server->requests(), 'a redirect is not followed');
    }

    /** @return iterable<string, array{callable(Client): mixed}> */
    public function mistakes(): iterable
    {
        yield 'a misspelt option' => [static fn (Client $client) => $client->publish('a', 'gift', 1, ['idempotency_key' => 'x'])];
        yield 'an idempotency key with a line break' => [static fn (Client $client) => $client->publish('a', 'gift', 1, ['idempotencyKey' => "x\r\nX-Evil: 1"])];
        yield 'an idempotency key that is too long' => [static fn (Client $client) => $client->publish('a', 'gift', 1, ['idempotencyKey' => str_repeat('x', 65)])];
        yield 'data that is no UTF-8' => [static fn (Client $client) => $client->publish('a', 'gift', "\xff")];
        yield 'a batch message without data' => [static fn (Client $client) => $client->publishBatch([['room' => 'a', 'type' => 'gift']])];
        yield 'an unknown claim' => [static fn (Client $client) => $client->createToken('u1', ['exp' => 5])];
        yield 'a token for no room' => [static fn (Client $client) => $client->createToken('u1', ['rooms' => []])];
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

    /** @return iterable<string, array{string, string, array<string, mixed>}> */
    public function wrongSettings(): iterable
    {
        yield 'no scheme' => ['127.0.0.1:7800', 'key', []];
        yield 'another scheme' => ['file:///etc/passwd', 'key', []];
        yield 'a password in the address' => ['http://user:pass@127.0.0.1', 'key', []];
        yield 'an empty key' => ['http://127.0.0.1', '', []];
        yield 'a key with a line break' => ['http://127.0.0.1', "key\nX-Evil: 1", []];
        yield 'an unknown option' => ['http://127.0.0.1', 'key', ['timeout' => 5]];
        yield 'an option that is no number' => ['http://127.0.0.1', 'key', ['deadline_ms' => '5']];
        yield 'an option below one' => ['http://127.0.0.1', 'key', ['max_attempts' => 0]];
    }

    /**
     * @dataProvider wrongSettings
     * @param array<string, mixed> $options
     */
    public function testWrongSettingsAreRefused(string $url, string $key, array $options): void
    {
        $this->expectException(InvalidArgumentException::class);
        new Client($url, $key, $options);
    }

    public function testTheKeyIsInNoDumpAndNoTrace(): void
    {
        $server = $this->serve(self::problem(401, 'unauthorized'));
        $client = $this->client($server);
        $error = $this->fails(AuthenticationException::class, fn () => $client->publish('a', 'gift', 1));
        self::assertStringNotContainsString(self::KEY, print_r($client, true));
        self::assertStringNotContainsString(self::KEY, (string) $error);
    }
}
