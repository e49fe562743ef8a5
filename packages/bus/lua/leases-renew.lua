-- Extends a lease.
-- KEYS: 1 lease
-- ARGV: 1 owner, 2 token, 3 ttlMs
-- Returns 1, or 0 when the lease is lost.
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
