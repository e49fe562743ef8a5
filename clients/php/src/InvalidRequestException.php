<?php

declare(strict_types=1);

namespace Danmux;

/** The request itself is wrong, so sending it again cannot help (400, 404, 405, 413, 415, 422). */
final class InvalidRequestException extends ApiException
{
}
