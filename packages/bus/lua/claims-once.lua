-- Takes a one-time key.
-- KEYS: 1 key
-- ARGV: 1 ttlMs
-- Returns 0 when the key was free, else the milliseconds until it is free (at least 1).
if redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))
