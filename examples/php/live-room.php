<?php

declare(strict_types=1);

// A live room from a PHP backend: login → token → gift → recall → receipts.
//   php examples/php/live-room.php [room]         with `npm start` running, and http://127.0.0.1:7800/demo/ open to see it
// Address: DANMUX_URL. Key: DANMUX_API_KEY, else the .danmux/secrets.json that `npm start` makes in development.

use Danmux\Client;

require __DIR__ . '/../../clients/php/src/autoload.php';

/** Your own login: who is it? Here a table, where a real site asks its database. */
function login(string $name, string $password): array
{
    $users = ['小明' => ['id' => 'u42', 'password' => password_hash('open sesame', PASSWORD_DEFAULT), 'level' => 12]];
    $user = $users[$name] ?? null;
    if ($user === null || !password_verify($password, $user['password'])) {
        throw new RuntimeException('Wrong name or password.');
    }
    return ['id' => $user['id'], 'name' => $name, 'level' => $user['level']];
}

function developmentKey(): string
{
    $secrets = json_decode((string) @file_get_contents(__DIR__ . '/../../.danmux/secrets.json'), true);
    return $secrets['api_key'] ?? throw new RuntimeException('There is no API key: start danmux with `npm start`, or set DANMUX_API_KEY.');
}

$roomName = $argv[1] ?? 'live:1001';
try {
    $danmux = new Client(getenv('DANMUX_URL') ?: 'http://127.0.0.1:7800', getenv('DANMUX_API_KEY') ?: developmentKey(), ['deadline_ms' => 5_000]);
    $room = $danmux->room($roomName);

    // The browser gets the token and connects with it; the API key stays on the backend.
    $user = login('小明', 'open sesame');
    $token = $danmux->createToken($user['id'], ['name' => $user['name'], 'level' => $user['level'], 'rooms' => [$roomName]]);
    echo "token: of {$user['name']}, good until ", date('H:i:s', intdiv($token->expiresAtMs, 1_000)), "\n";
    echo "room: {$room->get()->online} watching $roomName\n";

    // He has paid: your order number is the id, so that the gift is one gift however often this runs.
    $order = 'order-' . bin2hex(random_bytes(6));
    $gift = $room->publish('gift', ['gift' => 'rocket', 'name' => '火箭', 'count' => 1], ['from' => $user, 'id' => $order, 'receipt' => true]);
    echo "gift: {$gift->id} is stored, in lane {$gift->lane}\n";

    // Something that should not have been said leaves every screen, and history even if it is not there yet.
    $slip = $room->publish('chat', ['text' => '说错话了'], ['from' => $user]);
    $room->recall($slip->id);
    echo "recall: {$slip->id} is gone\n";

    // Viewers say that they have the gift; after receipts.timeout_ms the rest counts as missing.
    for ($endsAt = microtime(true) + 20; !($receipts = $danmux->receipts($gift->id))->final && microtime(true) < $endsAt;) {
        usleep(200_000);
    }
    echo "receipts: sent {$receipts->sent}, received {$receipts->received}, missing {$receipts->missing}\n";
} catch (RuntimeException $error) {
    // Danmux\ApiException is one, and says what was wrong.
    fwrite(STDERR, "live-room: {$error->getMessage()}\n");
    exit(1);
}
