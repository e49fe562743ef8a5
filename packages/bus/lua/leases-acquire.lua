-- Acquires a free lease; extends it when the caller already owns it.
-- KEYS: 1 lease, 2 fence (counter of the tokens)
-- ARGV: 1 owner, 2 ttlMs
-- Returns the token, or 0 when another owner has the lease.
local held = redis.call('HMGET', KEYS[1], 'owner', 'token')
if held[1] then
  if held[1] ~= ARGV[1] then return 0 end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(held[2])
end
local token = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'token', string.format('%d', token))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return token
