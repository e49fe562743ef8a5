-- Reads the clock of the node that owns a key.
-- KEYS: 1 key (any of its slot)
-- Returns seconds and microseconds, as TIME does.
return redis.call('TIME')
