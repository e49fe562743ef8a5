-- Releases a lease.
-- KEYS: 1 lease
-- ARGV: 1 owner, 2 token
-- Returns 1, or 0 when the lease was lost.
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
return 1
