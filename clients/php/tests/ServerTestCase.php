<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\ApiException;
use Danmux\Client;
use PHPUnit\Framework\TestCase;

/** Gives a test scripted servers and stops them after it. */
abstract class ServerTestCase extends TestCase
{
    protected const KEY = 'test-key-0123456789-0123456789-01';
    protected const ACCEPTED = ['status' => 202, 'body' => ['id' => 'm1', 'room' => 'live:1', 'lane' => 'gift']];

    /** @var list<ScriptedServer> */
    private array $servers = [];

    protected function tearDown(): void
    {
        foreach ($this->servers as $server) {
            $server->stop();
        }
        $this->servers = [];
    }

    /** @param array<string, mixed> ...$steps */
    protected function serve(array ...$steps): ScriptedServer
    {
        return $this->servers[] = new ScriptedServer($steps);
    }

    /** @param array<string, int> $options */
    protected function client(ScriptedServer $server, array $options = []): Client
    {
        return new Client($server->url, self::KEY, $options + ['backoff_base_ms' => 2, 'backoff_max_ms' => 10]);
    }

    /**
     * @param array<string, mixed> $more
     * @return array<string, mixed>
     */
    protected static function problem(int $status, string $code, array $more = []): array
    {
        $body = $more + ['type' => 'about:blank', 'title' => $code, 'status' => $status, 'code' => $code, 'detail' => "It was $code.", 'instance' => 'trace-1'];
        return ['status' => $status, 'headers' => ['Content-Type' => 'application/problem+json'], 'body' => $body];
    }

    /**
     * @template T of ApiException
     * @param class-string<T> $class
     * @return T
     */
    protected function fails(string $class, callable $call): ApiException
    {
        try {
            $call();
        } catch (ApiException $error) {
            self::assertInstanceOf($class, $error);
            return $error;
        }
        self::fail("$class was not thrown");
    }
}
