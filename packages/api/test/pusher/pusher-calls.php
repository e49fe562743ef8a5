<?php
// Calls the api as pusher-php-server does: the same order of parameters, md5 of the body, HMAC over what is not yet encoded.
// Reads a list of calls as JSON on stdin, prints the list of answers.
declare(strict_types=1);

function implodeParameters(array $parameters): string
{
    $parts = [];
    foreach ($parameters as $name => $value) {
        $parts[] = $name . '=' . (is_array($value) ? implode(',', $value) : $value);
    }
    return implode('&', $parts);
}

function signed(string $key, string $secret, string $method, string $path, array $query, int $time): array
{
    $parameters = ['auth_key' => $key, 'auth_timestamp' => (string) $time, 'auth_version' => '1.0'];
    $parameters = array_merge($parameters, $query);
    ksort($parameters);
    $text = "$method\n$path\n" . implodeParameters($parameters);
    $parameters['auth_signature'] = hash_hmac('sha256', $text, $secret, false);
    ksort($parameters);
    return $parameters;
}

function call(array $call): array
{
    $body = array_key_exists('body', $call) ? json_encode($call['body'], JSON_THROW_ON_ERROR) : null;
    $query = $call['query'] ?? [];
    if ($body !== null) {
        $query['body_md5'] = md5($body);
    }
    $method = $body === null ? 'GET' : 'POST';
    $parameters = signed($call['key'], $call['secret'], $method, $call['path'], $query, $call['time'] ?? time());
    $curl = curl_init($call['url'] . $call['path'] . '?' . http_build_query($parameters, '', '&'));
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 10, CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'X-Pusher-Library: pusher-http-php 7.2.4']]);
    if ($body !== null) {
        curl_setopt_array($curl, [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body]);
    }
    $text = curl_exec($curl);
    return ['status' => curl_getinfo($curl, CURLINFO_RESPONSE_CODE), 'body' => json_decode((string) $text, true)];
}

$calls = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
echo json_encode(array_map('call', $calls), JSON_THROW_ON_ERROR);
