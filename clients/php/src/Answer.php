<?php

declare(strict_types=1);

namespace Danmux;

/**
 * The JSON object of a good answer, read field by field: one that is missing or of another type is a ServerException
 * `bad_answer`, so that results hold what they say.
 *
 * @internal
 */
final class Answer
{
    /** @var array<string, mixed> */
    private readonly array $fields;
    public readonly bool $replayed;

    /** @param array<string, mixed>|null $fields those of the response when absent */
    public function __construct(private readonly Response $response, ?array $fields = null)
    {
        $this->fields = $fields ?? ($response->isEmpty() ? [] : $response->json());
        $this->replayed = ($response->headers['idempotent-replayed'] ?? '') === 'true';
    }

    public function string(string $name): string
    {
        $value = $this->fields[$name] ?? null;
        return is_string($value) ? $value : throw $this->bad($name);
    }

    public function int(string $name): int
    {
        $value = $this->fields[$name] ?? null;
        return is_int($value) ? $value : throw $this->bad($name);
    }

    public function float(string $name): float
    {
        $value = $this->fields[$name] ?? null;
        return is_int($value) || is_float($value) ? (float) $value : throw $this->bad($name);
    }

    public function bool(string $name): bool
    {
        $value = $this->fields[$name] ?? null;
        return is_bool($value) ? $value : throw $this->bad($name);
    }

    public function has(string $name): bool
    {
        return isset($this->fields[$name]);
    }

    public function stringOrNull(string $name): ?string
    {
        return $this->has($name) ? $this->string($name) : null;
    }

    public function intOrNull(string $name): ?int
    {
        return $this->has($name) ? $this->int($name) : null;
    }

    public function floatOrNull(string $name): ?float
    {
        return $this->has($name) ? $this->float($name) : null;
    }

    public function boolOrNull(string $name): ?bool
    {
        return $this->has($name) ? $this->bool($name) : null;
    }

    /** Anything, null too. */
    public function any(string $name): mixed
    {
        return $this->fields[$name] ?? null;
    }

    /** @return array<string, mixed> */
    public function map(string $name): array
    {
        $value = $this->fields[$name] ?? null;
        return is_array($value) ? $value : throw $this->bad($name);
    }

    public function object(string $name): self
    {
        return new self($this->response, $this->map($name));
    }

    /** @return list<string> */
    public function strings(string $name): array
    {
        $values = array_values($this->map($name));
        foreach ($values as $value) {
            is_string($value) || throw $this->bad($name);
        }
        return $values;
    }

    /**
     * @template T
     * @param callable(self): T $read
     * @return list<T>
     */
    public function list(string $name, callable $read): array
    {
        $one = fn (mixed $row): mixed => is_array($row) ? $read(new self($this->response, $row)) : throw $this->bad($name);
        return array_map($one, array_values($this->map($name)));
    }

    /** @return array<string, mixed> all of it */
    public function fields(): array
    {
        return $this->fields;
    }

    public function bad(string $name): ServerException
    {
        return new ServerException("The answer holds no good $name; is this address danmux's admin API?", 'bad_answer', $this->response->status);
    }
}
