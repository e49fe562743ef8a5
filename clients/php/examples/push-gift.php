<?php

declare(strict_types=1);

// Pushes a gift to the viewers of a room:  php push-gift.php ROOM [name] [gift]
// Address: DANMUX_URL. Key: DANMUX_API_KEY, else the .danmux/secrets.json that `npm start` makes in development.

use Danmux\ApiException;
use Danmux\AuthenticationException;
use Danmux\Client;
use Danmux\ConnectionException;

require __DIR__ . '/../src/autoload.php';

/** The nearest .danmux/secrets.json, from the current folder or from this script upwards. */
function developmentKey(): ?string
{
    foreach ([getcwd() ?: '.', __DIR__] as $folder) {
        for ($parent = ''; $folder !== $parent; $parent = $folder, $folder = dirname($folder)) {
            $file = "$folder/.danmux/secrets.json";
            $secrets = is_readable($file) ? json_decode((string) file_get_contents($file), true) : null;
            if (is_string($secrets['api_key'] ?? null)) {
                return $secrets['api_key'];
            }
        }
    }
    return null;
}

function fail(string $what, string $remedy): never
{
    fwrite(STDERR, "push-gift: $what\n  $remedy\n");
    exit(1);
}

$room = $argv[1] ?? '';
$name = $argv[2] ?? '小明';
$gift = $argv[3] ?? 'rocket';
$shown = ['rocket' => '火箭', 'car' => '跑车', 'rose' => '玫瑰'][$gift] ?? $gift;
if ($room === '') {
    fail('which room?', 'Usage: php push-gift.php ROOM [name] [gift], for example: php push-gift.php live:1001');
}

$url = getenv('DANMUX_URL') ?: 'http://127.0.0.1:7800';
$key = getenv('DANMUX_API_KEY') ?: developmentKey();
if ($key === null) {
    fail('there is no API key.', 'Start danmux with `npm start` (it makes .danmux/secrets.json), or set DANMUX_API_KEY.');
}

try {
    $client = new Client($url, $key, ['deadline_ms' => 5_000]);
    $published = $client->publish($room, 'gift', ['gift' => $gift, 'name' => $shown, 'count' => 1], ['from' => ['id' => "php:$name", 'name' => $name]]);
    echo $published->id, "\n";
} catch (ConnectionException $error) {
    fail($error->getMessage(), "Is danmux running? Start it with `npm start`, or set DANMUX_URL to the address of its admin API (now $url).");
} catch (AuthenticationException $error) {
    fail($error->getMessage(), "The key belongs to another danmux: set DANMUX_API_KEY to the key of the one at $url.");
} catch (ApiException $error) {
    fail($error->getMessage(), $error->traceId === null ? "Asked: $url" : "See the log of danmux for the trace id {$error->traceId}.");
} catch (InvalidArgumentException $error) {
    fail($error->getMessage(), 'Look at DANMUX_URL and DANMUX_API_KEY.');
} catch (RuntimeException $error) {
    fail($error->getMessage(), 'Then run this again.');
}
