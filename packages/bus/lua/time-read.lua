-- Reads the clock of the node that owns a key.
-- KEYS: 1 key (not read, it routes the call to the right node of a Cluster)
-- Returns seconds and microseconds, as TIME does.
return redis.call('TIME')
