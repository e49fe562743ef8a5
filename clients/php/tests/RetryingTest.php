<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\ApiException;
use Danmux\Client;
use Danmux\ConflictException;
use Danmux\ConnectionException;
use Danmux\RateLimitException;
use Danmux\ServerException;

/** When the client tries again, how long it waits, and that a message stays one message. */
final class RetryingTest extends ServerTestCase
{
    /** @return iterable<string, array{list<array<string, mixed>>}> */
    public function troubles(): iterable
    {
        yield '503' => [[self::problem(503, 'unavailable')]];
        yield '502 of a proxy' => [[['status' => 502, 'body' => '<html>Bad Gateway</html>']]];
        yield '504' => [[['status' => 504, 'body' => '']]];
        yield '429' => [[self::problem(429, 'rate_limited')]];
        yield '409 while the first try still runs' => [[self::problem(409, 'idempotency_in_flight')]];
        yield 'a connection closed without an answer' => [[['hangup' => 'before']]];
        yield 'half an answer' => [[['hangup' => 'middle'] + self::ACCEPTED]];
        yield 'all of it, one after another' => [[
            ['hangup' => 'before'],
            self::problem(503, 'unavailable'),
            self::problem(409, 'idempotency_in_flight'),
            ['hangup' => 'middle'] + self::ACCEPTED,
            self::problem(429, 'rate_limited'),
        ]];
    }

    /**
     * @dataProvider troubles
     * @param list<array<string, mixed>> $trouble
     */
    public function testTroubleIsTriedAgainWithTheSameKeyAndTheSameBody(array $trouble): void
    {
        $server = $this->serve(...[...$trouble, self::ACCEPTED]);
        self::assertSame('m1', $this->client($server)->publish('live:1', 'gift', ['n' => 1])->id);

        $requests = $server->requests();
        self::assertCount(count($trouble) + 1, $requests);
        self::assertCount(1, array_unique(array_map(static fn (array $request): string => $request['headers']['idempotency-key'], $requests)));
        self::assertCount(1, array_unique(array_column($requests, 'body')));
    }

    public function testA409ThatIsNoIdempotencyIsNotTriedAgain(): void
    {
        $server = $this->serve(self::problem(409, 'something_else'), self::ACCEPTED);
        $this->fails(ConflictException::class, fn () => $this->client($server)->publish('a', 'gift', 1));
        self::assertCount(1, $server->requests());
    }

    public function testAConnectionThatDiedWhileIdleCostsNoWait(): void
    {
        $server = $this->serve(['hangup' => 'after'] + self::ACCEPTED, self::ACCEPTED);
        $client = $this->client($server, ['backoff_base_ms' => 2_000, 'backoff_max_ms' => 2_000]);
        $client->publish('live:1', 'gift', 1);
        $client->publish('live:1', 'gift', 2);

        [$first, $second] = $server->requests();
        self::assertNotSame($first['headers']['idempotency-key'], $second['headers']['idempotency-key']);
        self::assertLessThan(900, $second['at_ms'] - $first['at_ms']);
    }

    public function testAReusedConnectionThatDiesUnderARequestIsReplacedWithoutAWait(): void
    {
        $server = $this->serve(self::ACCEPTED, ['hangup' => 'before'], self::ACCEPTED);
        $client = $this->client($server, ['backoff_base_ms' => 2_000, 'backoff_max_ms' => 2_000]);
        $client->publish('live:1', 'gift', 1);
        $client->publish('live:1', 'gift', 2);

        [$first, $lost, $again] = $server->requests();
        self::assertSame($first['connection'], $lost['connection']);
        self::assertSame($lost['headers']['idempotency-key'], $again['headers']['idempotency-key']);
        self::assertLessThan(900, $again['at_ms'] - $lost['at_ms']);
    }

    public function testRetryAfterInSecondsIsWaitedFor(): void
    {
        $server = $this->serve(['headers' => ['Retry-After' => '1']] + self::problem(503, 'draining'), self::ACCEPTED);
        $this->client($server)->publish('live:1', 'gift', 1);
        self::assertWaited(1_000, $server);
    }

    public function testRetryAfterMsOfTheProblemIsWaitedFor(): void
    {
        $server = $this->serve(self::problem(429, 'rate_limited', ['retry_after_ms' => 300]), self::ACCEPTED);
        $this->client($server)->publish('live:1', 'gift', 1);
        self::assertWaited(300, $server);
    }

    public function testRetryAfterAsADateIsUnderstood(): void
    {
        $server = $this->serve(['headers' => ['Retry-After' => gmdate('D, d M Y H:i:s \G\M\T', time() + 60)]] + self::problem(503, 'draining'));
        $error = $this->fails(ServerException::class, fn () => $this->client($server)->publish('live:1', 'gift', 1));
        self::assertGreaterThan(50_000, $error->retryAfterMs);
    }

    public function testAWaitPastTheDeadlineIsNotBegun(): void
    {
        $server = $this->serve(['headers' => ['Retry-After' => '30']] + self::problem(429, 'rate_limited'), self::ACCEPTED);
        $startedAt = microtime(true);
        $error = $this->fails(RateLimitException::class, fn () => $this->client($server)->publish('live:1', 'gift', 1));
        self::assertSame(30_000, $error->retryAfterMs);
        self::assertLessThan(2, microtime(true) - $startedAt);
        self::assertCount(1, $server->requests());
    }

    public function testWaitsGrow(): void
    {
        $server = $this->serve(...[...array_fill(0, 4, self::problem(503, 'unavailable')), self::ACCEPTED]);
        $this->client($server, ['backoff_base_ms' => 40, 'backoff_max_ms' => 200])->publish('live:1', 'gift', 1);
        $times = array_column($server->requests(), 'at_ms');
        foreach ([20, 40, 80, 100] as $i => $least) {
            self::assertGreaterThanOrEqual($least - 1, $times[$i + 1] - $times[$i]);
        }
    }

    public function testAfterTheLastTryTheLastFailureIsThrown(): void
    {
        $server = $this->serve(...array_fill(0, 5, self::problem(503, 'unavailable')));
        $error = $this->fails(ServerException::class, fn () => $this->client($server, ['max_attempts' => 3])->publish('live:1', 'gift', 1));
        self::assertSame('unavailable', $error->errorCode);
        self::assertCount(3, $server->requests());
    }

    public function testTheDeadlineEndsASilentServer(): void
    {
        $server = $this->serve(...array_fill(0, 3, ['delay_ms' => 400] + self::ACCEPTED));
        $startedAt = microtime(true);
        $options = ['deadline_ms' => 250, 'attempt_timeout_ms' => 100];
        $error = $this->fails(ConnectionException::class, fn () => $this->client($server, $options)->publish('live:1', 'gift', 1));
        self::assertSame(['connection_failed', 0], [$error->errorCode, $error->status]);
        self::assertLessThan(1.5, microtime(true) - $startedAt);
    }

    public function testNobodyListeningIsAConnectionExceptionThatNamesTheAddress(): void
    {
        $client = new Client('http://127.0.0.1:1', self::KEY, ['max_attempts' => 2, 'backoff_base_ms' => 1]);
        $error = $this->fails(ConnectionException::class, fn () => $client->publish('a', 'gift', 1));
        self::assertStringContainsString('http://127.0.0.1:1/', $error->getMessage());
        self::assertInstanceOf(ApiException::class, $error);
    }

    public function testAnAnswerWithoutEndIsCutOff(): void
    {
        $server = $this->serve(...array_fill(0, 2, ['status' => 200, 'body' => str_repeat('x', 9 * 1024 * 1024)]));
        $this->fails(ConnectionException::class, fn () => $this->client($server, ['max_attempts' => 1])->publish('a', 'gift', 1));
    }

    private static function assertWaited(int $ms, ScriptedServer $server): void
    {
        [$first, $second] = $server->requests();
        self::assertGreaterThanOrEqual($ms, $second['at_ms'] - $first['at_ms']);
        self::assertLessThan($ms + 900, $second['at_ms'] - $first['at_ms']);
    }
}
