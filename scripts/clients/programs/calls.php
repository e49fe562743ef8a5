<?php
// The calls of the PHP client of openapi-generator, against the api at URL. Prints `ok NAME` after each call. Guzzle is
// in the include path of PHP.

declare(strict_types=1);

use GuzzleHttp\Client;
use OpenAPI\Client\Api\MessagesApi;
use OpenAPI\Client\Api\ModerationApi;
use OpenAPI\Client\Api\RoomsApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\HistoryLane;
use OpenAPI\Client\Model\Lane;
use OpenAPI\Client\Model\Problem;
use OpenAPI\Client\Model\PublishRequest;
use OpenAPI\Client\Model\SanctionRequest;
use OpenAPI\Client\Model\Sender;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/client/lib/' . str_replace(['OpenAPI\\Client\\', '\\'], ['', '/'], $class) . '.php';
    if (is_file($file)) {
        require $file;
    }
});

function must(bool $good, string $call, mixed $answer): void
{
    echo $good ? "ok $call\n" : "error $call: $answer\n";
    if (!$good) {
        exit(1);
    }
}

$config = (new Configuration())->setHost(getenv('URL'))->setAccessToken(getenv('KEY'));
$http = new Client();
[$messages, $rooms, $moderation] = [new MessagesApi($http, $config), new RoomsApi($http, $config), new ModerationApi($http, $config)];
$room = getenv('ROOM');
$gift = "gift-$room";
$from = new Sender(['id' => 'u42', 'name' => '小明']);

$chat = $messages->publishRoomMessage($room, new PublishRequest(['type' => 'chat', 'data' => ['text' => '你好'], 'from' => $from]));
must($chat->getLane() === Lane::CHAT && $chat->getId() !== '', 'chat', $chat);

$paid = $messages->publishRoomMessage($room, new PublishRequest(['type' => 'gift', 'id' => $gift, 'data' => ['gift' => 'rocket', 'count' => 3], 'from' => $from]));
must($paid->getLane() === Lane::GIFT && $paid->getId() === $gift, 'gift', $paid);

$page = $rooms->getRoomHistory($room, HistoryLane::GIFT, null, 1);
for ($tries = 0; $tries < 200 && count($page->getMsgs()) === 0; $tries++) {
    usleep(50_000);
    $page = $rooms->getRoomHistory($room, HistoryLane::GIFT, null, 1);
}
$message = $page->getMsgs()[0] ?? null;
$age = intval(microtime(true) * 1_000) - ($message?->getTs() ?? 0);
must($message?->getId() === $gift && $message->getFrom()->getName() === '小明' && $age >= 0 && $age < 60_000 && !$page->getMore(), 'history', $page);

$info = $rooms->getRoom($room);
must($info->getRoom() === $room && $info->getOnline() === 0, 'room', $info);

$for = 3_000_000_000;
$mute = $moderation->putRoomMute($room, 'u42', new SanctionRequest(['for_ms' => $for]));
must($mute->getUser() === 'u42' && $mute->getUntil() === $mute->getAt() + $for, 'mute', $mute);

must($moderation->deleteRoomMute($room, 'u42')->getUser() === 'u42', 'lift', 'another user');

try {
    must(false, 'problem', $moderation->deleteRoomMute($room, 'u42'));
} catch (ApiException $error) {
    $problem = $error->getResponseObject();
    must($problem instanceof Problem && $problem->getCode() === 'not_found' && $problem->getStatus() === 404, 'problem', $error->getMessage());
}
