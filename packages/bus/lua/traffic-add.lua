-- Adds a relay's counts to the traffic of a room and replaces its rates.
-- KEYS: 1 traffic ('at', 'rates', and one field per ledger count)
-- ARGV: 1 ttlMs, 2 at (milliseconds), 3 rates (JSON), then per count: field, amount
-- Returns 1.
redis.call('HSET', KEYS[1], 'at', ARGV[2], 'rates', ARGV[3])
for at = 4, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
