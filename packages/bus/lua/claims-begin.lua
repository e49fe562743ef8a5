-- Claims an idempotency key.
-- KEYS: 1 record
-- ARGV: 1 bodyHash, 2 claim, 3 claimTtlMs
-- Returns {'started'}, {'in_flight'}, {'mismatch'} or {'done', answer}.
local hash, claim, answer = unpack(redis.call('HMGET', KEYS[1], 'hash', 'claim', 'answer'))
if not hash then
  redis.call('HSET', KEYS[1], 'hash', ARGV[1], 'claim', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return { 'started' }
end
if hash ~= ARGV[1] then return { 'mismatch' } end
if answer then return { 'done', answer } end
-- The stored claim is the caller's own: a Redis client may send a command a second time after a reconnect.
if claim == ARGV[2] then return { 'started' } end
return { 'in_flight' }
