<?php

declare(strict_types=1);

// Takes danmux's webhooks and prints each event that is genuine:
//   DANMUX_WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:8080 examples/php/webhook.php
// danmux is told of it by `webhooks.targets` (docs/webhooks.md).

use Danmux\Webhook;
use Danmux\WebhookException;

require __DIR__ . '/../../clients/php/src/autoload.php';

try {
    $event = Webhook::verify((string) file_get_contents('php://input'), $_SERVER, (string) getenv('DANMUX_WEBHOOK_SECRET'));
} catch (WebhookException $error) {
    http_response_code(400);
    echo $error->errorCode, "\n";
    return;
}

// One that comes twice has the same id; a real site keeps the ids of a day, here they are only printed.
$text = match ($event->type) {
    'message.receipts' => "{$event->data['id']} was received by {$event->data['received']} of {$event->data['sent']}",
    'room.occupied' => "{$event->data['online']} online",
    default => json_encode($event->data, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
};
file_put_contents('php://stderr', "$event->type in $event->room: $text ($event->id)\n");
http_response_code(204);
