<?php

declare(strict_types=1);

namespace Danmux\Tests;

/** The example script as a user runs it. */
final class PushGiftTest extends ServerTestCase
{
    private const SCRIPT = __DIR__ . '/../examples/push-gift.php';

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/danmux-gift-' . bin2hex(random_bytes(6));
        mkdir("$this->folder/inner", 0700, true);
    }

    protected function tearDown(): void
    {
        parent::tearDown();
        array_map('unlink', glob("$this->folder/.danmux/*") ?: []);
        array_map(static fn (string $folder): bool => !is_dir($folder) || rmdir($folder), ["$this->folder/.danmux", "$this->folder/inner", $this->folder]);
    }

    public function testItPrintsTheIdOfTheMessage(): void
    {
        $server = $this->serve(self::ACCEPTED);
        self::assertSame([0, "m1\n", ''], $this->push(['live:1', '小红', 'car'], ['DANMUX_URL' => $server->url, 'DANMUX_API_KEY' => self::KEY]));
        [$request] = $server->requests();
        self::assertSame('/v1/rooms/live%3A1/messages', $request['target']);
        self::assertSame('{"type":"gift","data":{"gift":"car","name":"跑车","count":1},"from":{"id":"php:小红","name":"小红"}}', $request['body']);
    }

    public function testItFindsTheKeyOfDevelopmentInAFolderAbove(): void
    {
        mkdir("$this->folder/.danmux");
        file_put_contents("$this->folder/.danmux/secrets.json", json_encode(['token_secret' => 'x', 'api_key' => 'key-of-development']));
        $server = $this->serve(self::ACCEPTED);
        self::assertSame(0, $this->push(['live:1'], ['DANMUX_URL' => $server->url])[0]);
        self::assertSame('Bearer key-of-development', $server->requests()[0]['headers']['authorization']);
    }

    public function testWithoutARoomItSaysHowItIsUsed(): void
    {
        [$status, $output, $error] = $this->push([], ['DANMUX_API_KEY' => self::KEY]);
        self::assertSame([1, ''], [$status, $output]);
        self::assertStringContainsString('Usage: php push-gift.php ROOM', $error);
    }

    public function testWithoutAServerItSaysHowToStartOne(): void
    {
        // Nothing listens on port 1; the client tries for its whole deadline before it gives up.
        [$status, $output, $error] = $this->push(['live:1'], ['DANMUX_URL' => 'http://127.0.0.1:1', 'DANMUX_API_KEY' => self::KEY]);
        self::assertSame([1, ''], [$status, $output]);
        self::assertStringContainsString('npm start', $error);
        self::assertStringContainsString('http://127.0.0.1:1', $error);
    }

    public function testAWrongKeyIsSaidToBeWrong(): void
    {
        $server = $this->serve(self::problem(401, 'unauthorized'));
        [$status, , $error] = $this->push(['live:1'], ['DANMUX_URL' => $server->url, 'DANMUX_API_KEY' => self::KEY]);
        self::assertSame(1, $status);
        self::assertStringContainsString('set DANMUX_API_KEY', $error);
        self::assertStringNotContainsString(self::KEY, $error);
    }

    public function testARefusalIsShown(): void
    {
        $server = $this->serve(self::problem(400, 'invalid_room'));
        [$status, , $error] = $this->push(['live 1'], ['DANMUX_URL' => $server->url, 'DANMUX_API_KEY' => self::KEY]);
        self::assertSame(1, $status);
        self::assertStringContainsString('invalid_room', $error);
        self::assertStringContainsString('trace-1', $error);
    }

    public function testAnAddressThatIsNoneIsSaidToBeSo(): void
    {
        [$status, , $error] = $this->push(['live:1'], ['DANMUX_URL' => 'localhost', 'DANMUX_API_KEY' => self::KEY]);
        self::assertSame(1, $status);
        self::assertStringContainsString('DANMUX_URL', $error);
    }

    /**
     * @param list<string>          $arguments
     * @param array<string, string> $environment
     * @return array{int, string, string} exit code, output, errors
     */
    private function push(array $arguments, array $environment): array
    {
        $process = proc_open([PHP_BINARY, self::SCRIPT, ...$arguments], [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, "$this->folder/inner", $environment);
        self::assertIsResource($process);
        [$output, $error] = [stream_get_contents($pipes[1]), stream_get_contents($pipes[2])];
        return [proc_close($process), (string) $output, (string) $error];
    }
}
