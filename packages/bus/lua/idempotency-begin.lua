-- Claims an idempotency key. KEYS: 1 record. ARGV: 1 body hash, 2 claim ttl ms.
-- Returns {'started'}, {'in_flight'}, {'mismatch'} or {'done', answer}.
local hash = redis.call('HGET', KEYS[1], 'hash')
if not hash then
  redis.call('HSET', KEYS[1], 'hash', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return { 'started' }
end
if hash ~= ARGV[1] then return { 'mismatch' } end
local answer = redis.call('HGET', KEYS[1], 'answer')
if answer then return { 'done', answer } end
return { 'in_flight' }
