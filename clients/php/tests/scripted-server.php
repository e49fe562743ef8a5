<?php

declare(strict_types=1);

// An HTTP server that plays back a script, one step a request, over real connections that it keeps alive:
//   php scripted-server.php STEPS.json LOG
// A step: {status, headers, body, delay_ms, hangup: "before" (no answer), "middle" (half an answer), "after" (answers and
// then closes without having said so)}. Each request becomes a line of LOG. It ends when its standard input closes.

[, $stepsFile, $logFile] = $argv;
$steps = json_decode((string) file_get_contents($stepsFile), true, 64, JSON_THROW_ON_ERROR);
$listener = stream_socket_server('tcp://127.0.0.1:0');
fwrite(STDOUT, stream_socket_get_name($listener, false) . "\n");

/** @var array<int, resource> $connections */
$connections = [];
$received = [];

while (true) {
    $readable = [STDIN, $listener, ...array_values($connections)];
    $none = null;
    if (stream_select($readable, $none, $none, 60) === false) {
        exit(1);
    }
    foreach ($readable as $stream) {
        if ($stream === STDIN) {
            if (fread(STDIN, 1) === '') {
                exit(0);
            }
            continue;
        }
        if ($stream === $listener) {
            $connection = stream_socket_accept($listener);
            $connections[(int) $connection] = $connection;
            $received[(int) $connection] = '';
            continue;
        }
        $id = (int) $stream;
        $part = fread($stream, 65_536);
        if ($part === '' || $part === false) {
            fclose($stream);
            unset($connections[$id], $received[$id]);
            continue;
        }
        $received[$id] .= $part;
        $request = parseRequest($received[$id]);
        if ($request === null) {
            continue;
        }
        $received[$id] = '';
        file_put_contents($logFile, json_encode(['connection' => $id, 'at_ms' => intdiv(hrtime(true), 1_000_000)] + $request) . "\n", FILE_APPEND);
        if (!answer($stream, array_shift($steps) ?? ['status' => 500, 'body' => 'the script has ended'])) {
            fclose($stream);
            unset($connections[$id], $received[$id]);
        }
    }
}

/** @return array<string, mixed>|null null until the whole request is here */
function parseRequest(string $bytes): ?array
{
    $end = strpos($bytes, "\r\n\r\n");
    if ($end === false) {
        return null;
    }
    $lines = explode("\r\n", substr($bytes, 0, $end));
    [$method, $target] = explode(' ', (string) array_shift($lines));
    $headers = [];
    foreach ($lines as $line) {
        [$name, $value] = explode(':', $line, 2);
        $headers[strtolower($name)] = trim($value);
    }
    $body = substr($bytes, $end + 4);
    return strlen($body) < (int) ($headers['content-length'] ?? 0) ? null : compact('method', 'target', 'headers', 'body');
}

/**
 * @param resource             $stream
 * @param array<string, mixed> $step
 * @return bool whether the connection stays open
 */
function answer($stream, array $step): bool
{
    usleep(($step['delay_ms'] ?? 0) * 1_000);
    $hangup = $step['hangup'] ?? null;
    if ($hangup === 'before') {
        return false;
    }
    $body = is_string($step['body'] ?? '') ? $step['body'] ?? '' : json_encode($step['body']);
    $head = "HTTP/1.1 {$step['status']} Scripted\r\nContent-Length: " . strlen($body) . "\r\n";
    foreach ($step['headers'] ?? [] as $name => $value) {
        $head .= "$name: $value\r\n";
    }
    $all = "$head\r\n$body";
    fwrite($stream, $hangup === 'middle' ? substr($all, 0, -intdiv(strlen($body), 2)) : $all);
    return $hangup === null;
}
