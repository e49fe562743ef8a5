<?php

declare(strict_types=1);

namespace Danmux\Tests;

use Danmux\Webhook;
use Danmux\WebhookEvent;
use Danmux\WebhookException;
use InvalidArgumentException;
use PHPUnit\Framework\TestCase;

/** Webhooks as the library of Standard Webhooks signs them are trusted; anything else is not. */
final class WebhookTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const OTHER = 'whsec_c2l4dGVlbi1ieXRlcy1vZi1hbm90aGVyLWtleQ==';
    private const PAYLOAD = '{"id":"evt_1","type":"message.receipts","room":"live:1","ts":1767225600000,"data":{"id":"m1","sent":2,"name":"小明 é"}}';
    private const NOW = 1_767_225_600;

    /** @return array<string, string> */
    private static function signed(string $payload = self::PAYLOAD, int $timestamp = self::NOW, string ...$secrets): array
    {
        $command = ['node', __DIR__ . '/sign-webhook.mjs', 'evt_1', (string) $timestamp, ...($secrets ?: [self::SECRET])];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
        self::assertIsResource($process);
        fwrite($pipes[0], $payload);
        fclose($pipes[0]);
        $signatures = trim((string) stream_get_contents($pipes[1]));
        self::assertSame(0, proc_close($process), 'the library signs');
        return ['webhook-id' => 'evt_1', 'webhook-timestamp' => (string) $timestamp, 'webhook-signature' => $signatures];
    }

    /** @param array<string, mixed> $headers */
    private static function refusal(string $payload, array $headers, int $now = self::NOW): string
    {
        try {
            Webhook::verify($payload, $headers, self::SECRET, $now);
        } catch (WebhookException $error) {
            return $error->errorCode;
        }
        self::fail('it was trusted');
    }

    public function testWhatTheLibrarySignsIsTrusted(): void
    {
        $event = Webhook::verify(self::PAYLOAD, self::signed(), self::SECRET, self::NOW);
        self::assertEquals(new WebhookEvent('evt_1', 'message.receipts', 'live:1', 1_767_225_600_000, ['id' => 'm1', 'sent' => 2, 'name' => '小明 é']), $event);
    }

    public function testTheTimeIsThatOfTheMachine(): void
    {
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, self::signed(self::PAYLOAD, time()), self::SECRET)->id);
        $this->expectException(WebhookException::class);
        Webhook::verify(self::PAYLOAD, self::signed(), self::SECRET, self::NOW + 301);
    }

    public function testSeveralSignaturesAndSeveralSecretsLetASecretBeChanged(): void
    {
        $both = self::signed(self::PAYLOAD, self::NOW, self::OTHER, self::SECRET);
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, $both, self::SECRET, self::NOW)->id);
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, self::signed(), [self::OTHER, self::SECRET], self::NOW)->id);
        $unknown = ['webhook-signature' => 'v1a,xyz v2 , v1 v1,, ' . self::signed()['webhook-signature']] + self::signed();
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, $unknown, self::SECRET, self::NOW)->id);
    }

    public function testHeadersAreFoundAsPhpAndFrameworksGiveThem(): void
    {
        $headers = self::signed();
        $server = ['REQUEST_TIME' => 5, 'argv' => [], 'HTTP_WEBHOOK_ID' => 'evt_1', 'HTTP_WEBHOOK_TIMESTAMP' => (string) self::NOW, 'HTTP_WEBHOOK_SIGNATURE' => $headers['webhook-signature']];
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, $server, self::SECRET, self::NOW)->id);
        $psr = ['Webhook-Id' => ['evt_1'], 'Webhook-Timestamp' => [(string) self::NOW], 'Webhook-Signature' => [$headers['webhook-signature']]];
        self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, $psr, self::SECRET, self::NOW)->id);
    }

    public function testTheToleranceIsFiveMinutesBothWays(): void
    {
        $headers = self::signed();
        foreach ([-300, 300] as $off) {
            self::assertSame('evt_1', Webhook::verify(self::PAYLOAD, $headers, self::SECRET, self::NOW + $off)->id);
        }
        self::assertSame('too_old', self::refusal(self::PAYLOAD, $headers, self::NOW + 301));
        self::assertSame('too_new', self::refusal(self::PAYLOAD, $headers, self::NOW - 301));
    }

    public function testWhatWasChangedIsNotTrusted(): void
    {
        $headers = self::signed();
        self::assertSame('bad_signature', self::refusal(self::PAYLOAD . ' ', $headers));
        self::assertSame('bad_signature', self::refusal(self::PAYLOAD, ['webhook-id' => 'evt_2'] + $headers));
        self::assertSame('bad_signature', self::refusal(self::PAYLOAD, ['webhook-timestamp' => (string) (self::NOW + 1)] + $headers));
        self::assertSame('bad_signature', self::refusal(self::PAYLOAD, self::signed(self::PAYLOAD, self::NOW, self::OTHER)));
        foreach (['', 'v1', 'v1,', 'v1,=', ' ', str_replace('v1,', 'v1a,', $headers['webhook-signature'])] as $signature) {
            self::assertSame('bad_signature', self::refusal(self::PAYLOAD, ['webhook-signature' => $signature] + $headers), $signature);
        }
    }

    public function testAHeaderThatIsMissingIsNamed(): void
    {
        foreach (['webhook-id', 'webhook-timestamp', 'webhook-signature'] as $name) {
            try {
                Webhook::verify(self::PAYLOAD, array_diff_key(self::signed(), [$name => true]), self::SECRET, self::NOW);
                self::fail("$name was not missed");
            } catch (WebhookException $error) {
                self::assertSame(WebhookException::MISSING_HEADER, $error->errorCode);
                self::assertStringContainsString($name, $error->getMessage());
            }
        }
    }

    public function testASignedPayloadThatIsNoEventIsSaidToBeNone(): void
    {
        foreach (['', 'null', '"x"', '[]', '{"id":"x"}', '{"id":"x","type":"y","room":"z","ts":"1"}'] as $payload) {
            self::assertSame('bad_payload', self::refusal($payload, self::signed($payload)), $payload);
        }
        self::assertSame(['type' => 'chat'], Webhook::check('{"type":"chat"}', self::signed('{"type":"chat"}'), self::SECRET, self::NOW));
    }

    public function testIntegersBeyond64BitsKeepTheirDigits(): void
    {
        $payload = '{"order":9007199254740993,"big":18446744073709551615}';
        $checked = Webhook::check($payload, self::signed($payload), self::SECRET, self::NOW);
        self::assertSame(['order' => 9007199254740993, 'big' => '18446744073709551615'], $checked);
    }

    public function testASecretThatIsNoneIsAMistakeOfTheCaller(): void
    {
        foreach (['', 'whsec_', 'whsec_not base64!', []] as $secret) {
            try {
                Webhook::verify(self::PAYLOAD, self::signed(), $secret, self::NOW);
                self::fail('nothing was thrown');
            } catch (InvalidArgumentException $error) {
                self::assertStringNotContainsString('not base64!', $error->getMessage());
            }
        }
    }
}
