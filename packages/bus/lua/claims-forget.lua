-- Releases an unfinished claim.
-- KEYS: 1 record
-- ARGV: 1 claim
-- Returns 1, or 0 when the key has an answer or another claim, or does not exist.
local claim, answer = unpack(redis.call('HMGET', KEYS[1], 'claim', 'answer'))
if claim ~= ARGV[1] or answer then return 0 end
return redis.call('DEL', KEYS[1])
