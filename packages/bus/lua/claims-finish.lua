-- Stores the answer of an idempotency key, unless another claim owns the key.
-- KEYS: 1 record
-- ARGV: 1 bodyHash, 2 claim, 3 answer, 4 ttlMs
-- Returns 1, or 0 when another claim owns the key.
local claim = redis.call('HGET', KEYS[1], 'claim')
if claim and claim ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'claim', ARGV[2], 'answer', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
