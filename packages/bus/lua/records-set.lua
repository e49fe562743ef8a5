-- Changes a record and publishes the change; does nothing when the record does not have the expected version.
-- KEYS: 1 record ('v' → version, '.NAME' → 'until value', until 0 for never), 2 names (in order),
--       3 ends (expiry times of the slot's fields: 'RECORD NAME' by until)
-- ARGV: 1 recordName, 2 expectedVersion ('' any), 3 nowMs, 4 publishCommand, 5 channel,
--       6 change (JSON, published as 'VERSION/BEFORE JSON'), 7 emptyTtlMs (of a record without fields),
--       then per field: name, until (0 never expires, -1 removes the field), value
-- Returns the new version, or 0 when the record has another version than expected.
local record = ARGV[1]
local version = redis.call('HGET', KEYS[1], 'v')
if ARGV[2] ~= '' and (version or '0') ~= ARGV[2] then return 0 end

local function remove(name)
  redis.call('HDEL', KEYS[1], '.' .. name)
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZREM', KEYS[3], record .. ' ' .. name)
end

-- Removes expired fields of this record, bounded to 100 candidates so that the call stays short; a sweep removes the rest.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[3], 'LIMIT', 0, 100)) do
  if string.sub(member, 1, #record + 1) == record .. ' ' then remove(string.sub(member, #record + 2)) end
end
for at = 8, #ARGV, 3 do
  local name, ends = ARGV[at], ARGV[at + 1]
  if ends == '-1' then
    remove(name)
  else
    redis.call('HSET', KEYS[1], '.' .. name, ends .. ' ' .. ARGV[at + 2])
    redis.call('ZADD', KEYS[2], 0, name)
    if ends == '0' then redis.call('ZREM', KEYS[3], record .. ' ' .. name)
    else redis.call('ZADD', KEYS[3], ends, record .. ' ' .. name) end
  end
end
-- The new version is the current time in milliseconds, or the previous version plus 1 if that is higher. A store restored from a backup
-- therefore never reuses a version, and a watcher detects every change by the version alone.
local time = redis.call('TIME')
local before = tonumber(version or '0')
version = math.max(before + 1, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'v', string.format('%d', version))
if redis.call('HLEN', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[7]) else redis.call('PERSIST', KEYS[1]) end
redis.call(ARGV[4], ARGV[5], string.format('%d/%d ', version, before) .. ARGV[6])
return version
