<?php

declare(strict_types=1);

namespace Danmux;

/** The API key is missing, wrong, or not allowed to do this (401, 403). */
final class AuthenticationException extends ApiException
{
}
