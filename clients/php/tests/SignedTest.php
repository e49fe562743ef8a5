<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\AuthenticationException;
use Danmux\Client;
use InvalidArgumentException;

/** Signed mode: the key stays here, and every try has a signature of its own. */
final class SignedTest extends ServerTestCase
{
    private const SIGNING = ['key_id' => 'shop', 'secret' => 'signing-secret-0123456789-0123456789'];

    public function testARequestIsSignedAsTheContractSays(): void
    {
        $server = $this->serve(self::ACCEPTED, ['status' => 200, 'body' => ['rooms' => [], 'cursor' => null]]);
        $client = new Client($server->url, null, ['signing' => self::SIGNING]);
        $client->publish('live:1', 'gift', ['name' => '火箭']);
        $client->rooms('live:');
        [$post, $get] = $server->requests();
        self::assertSigned($post, 'POST', '/v1/rooms/live%3A1/messages', '{"type":"gift","data":{"name":"火箭"}}');
        self::assertSigned($get, 'GET', '/v1/rooms?prefix=live%3A', '');
    }

    public function testThePathOfTheBaseAddressIsSignedToo(): void
    {
        $server = $this->serve(self::ACCEPTED);
        (new Client("$server->url/danmux/", null, ['signing' => self::SIGNING]))->publish('a', 'gift', 1);
        self::assertSigned($server->requests()[0], 'POST', '/danmux/v1/rooms/a/messages', '{"type":"gift","data":1}');
    }

    public function testEveryTryHasANonceOfItsOwnAndTheSameIdempotencyKey(): void
    {
        $server = $this->serve(['hangup' => 'before'], self::problem(503, 'unavailable'), self::ACCEPTED);
        (new Client($server->url, null, ['signing' => self::SIGNING, 'backoff_base_ms' => 2]))->publish('a', 'gift', 1);
        $headers = array_column($server->requests(), 'headers');
        self::assertCount(3, array_unique(array_column($headers, 'x-danmux-nonce')));
        self::assertCount(3, array_unique(array_column($headers, 'x-danmux-signature')));
        self::assertCount(1, array_unique(array_column($headers, 'idempotency-key')));
    }

    /** @return iterable<string, array{?string, mixed}> */
    public function wrongSettings(): iterable
    {
        yield 'a key besides' => [self::KEY, self::SIGNING];
        yield 'no secret' => [null, ['key_id' => 'shop']];
        yield 'a short secret' => [null, ['key_id' => 'shop', 'secret' => 'short']];
        yield 'an id that is none' => [null, ['key_id' => "a\r\nX-Evil: 1"] + self::SIGNING];
        yield 'another field' => [null, self::SIGNING + ['algorithm' => 'none']];
        yield 'a text' => [null, 'secret'];
        yield 'neither a key nor signing' => [null, null];
    }

    /** @dataProvider wrongSettings */
    public function testWrongSettingsAreRefused(?string $key, mixed $signing): void
    {
        $this->expectException(InvalidArgumentException::class);
        new Client('http://127.0.0.1', $key, ['signing' => $signing]);
    }

    public function testTheSecretIsInNoDumpAndNoTrace(): void
    {
        $server = $this->serve(self::problem(401, 'signature_invalid'));
        $client = new Client($server->url, null, ['signing' => self::SIGNING]);
        $error = $this->fails(AuthenticationException::class, fn () => $client->publish('a', 'gift', 1));
        foreach ([print_r($client, true), print_r($client->room('a'), true), (string) $error] as $text) {
            self::assertStringNotContainsString(self::SIGNING['secret'], $text);
        }
    }

    /** @param array<string, mixed> $request */
    private static function assertSigned(array $request, string $method, string $target, string $body): void
    {
        self::assertSame([$method, $target, $body], [$request['method'], $request['target'], $request['body']]);
        $headers = $request['headers'];
        self::assertArrayNotHasKey('authorization', $headers);
        self::assertSame('shop', $headers['x-danmux-key']);
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $headers['x-danmux-nonce']);
        self::assertEqualsWithDelta(time(), (int) $headers['x-danmux-timestamp'], 5);
        $signed = "$method\n$target\n{$headers['x-danmux-timestamp']}\n{$headers['x-danmux-nonce']}\n" . hash('sha256', $body);
        self::assertSame('v1=' . hash_hmac('sha256', $signed, self::SIGNING['secret']), $headers['x-danmux-signature']);
    }
}
