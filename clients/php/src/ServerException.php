<?php

declare(strict_types=1);

namespace Danmux;

/** Danmux failed or is not ready (5xx). With 503 nothing was accepted. */
final class ServerException extends ApiException
{
}
