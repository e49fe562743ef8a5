<?php

declare(strict_types=1);

namespace Danmux\Tests;

use RuntimeException;

/** Runs scripted-server.php in a process of its own and reads what it was asked. */
final class ScriptedServer
{
    public readonly string $url;
    /** @var resource */
    private $process;
    /** @var array<int, resource> */
    private array $pipes = [];
    private string $folder;

    /** @param list<array<string, mixed>> $steps */
    public function __construct(array $steps)
    {
        $this->folder = sys_get_temp_dir() . '/danmux-php-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        file_put_contents("$this->folder/steps.json", json_encode($steps, JSON_THROW_ON_ERROR));
        touch("$this->folder/log");
        $command = [PHP_BINARY, __DIR__ . '/scripted-server.php', "$this->folder/steps.json", "$this->folder/log"];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $this->pipes);
        if ($process === false) {
            throw new RuntimeException('The scripted server did not start.');
        }
        $this->process = $process;
        $this->url = 'http://' . trim((string) fgets($this->pipes[1]));
    }

    /** @return list<array{connection: int, at_ms: int, method: string, target: string, headers: array<string, string>, body: string}> */
    public function requests(): array
    {
        $lines = file("$this->folder/log", FILE_IGNORE_NEW_LINES) ?: [];
        return array_map(static fn (string $line): array => json_decode($line, true, 64, JSON_THROW_ON_ERROR), $lines);
    }

    public function stop(): void
    {
        foreach ($this->pipes as $pipe) {
            fclose($pipe);
        }
        proc_close($this->process);
        array_map('unlink', glob("$this->folder/*") ?: []);
        rmdir($this->folder);
    }
}
