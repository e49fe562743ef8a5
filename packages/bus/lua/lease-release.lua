-- Gives a lease up and tells who waits. KEYS: 1 lease. ARGV: 1 owner, 2 token, 3 channel, 4 name. Returns 1, or 0 when it was lost.
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 1
