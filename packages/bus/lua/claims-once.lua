-- Takes a key, or says for how long it is still taken. KEYS: 1 key. ARGV: 1 ttl ms. Returns 0, or milliseconds.
if redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))
