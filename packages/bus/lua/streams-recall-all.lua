-- Replaces the messages of one stream that a bulk recall covers by tombstones, and records the recall. Each call searches only a part of the
-- stream, so that it does not block Redis for long; the caller continues from the returned entry.
-- Messages of the types `recall` and `room_state` stay.
-- A tombstone is a member 'OFFSET MS ID' of a sorted set, with the offset as score. `from` is the entry id at which the search begins; that
-- entry is skipped when '(' precedes the id. An empty `user` means all messages.
-- KEYS: 1 stream, 2 tombstones, 3 recalled
-- ARGV: 1 name, 2 atMs, 3 nowMs, 4 ttlMs, 5 from, 6 limit, 7 user, 8 userJson
-- Returns {replaced messages, where to continue ('' at the end of the stream)}.
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%d', ARGV[3] - ARGV[4]))
redis.call('ZADD', KEYS[3], 'GT', ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[4])

local function covered(text)
  -- Decoding is slow, so messages that do not contain the user's id are skipped first.
  if ARGV[7] ~= '' and not string.find(text, ARGV[8], 1, true) then return nil end
  local ok, msg = pcall(cjson.decode, text)
  if not ok or msg.type == 'recall' or msg.type == 'room_state' then return nil end
  if ARGV[7] ~= '' and (type(msg.from) ~= 'table' or msg.from.id ~= ARGV[7]) then return nil end
  return msg.id
end

-- Removes the tombstones below the oldest message of the stream: their messages would have been trimmed from history by now. The unbroken
-- run of tombstones directly before that message stays.
local function prune()
  local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  if not oldest then return end
  local before = tonumber(string.match(oldest[1], '^%d+')) - 1
  while redis.call('ZCOUNT', KEYS[2], before, before) == 1 do before = before - 1 end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', before)
end

local count = 0
local entries = redis.call('XREVRANGE', KEYS[1], ARGV[5], '-', 'COUNT', ARGV[6])
for _, entry in ipairs(entries) do
  local id = covered(entry[2][2])
  if id then
    local offset = string.match(entry[1], '^%d+')
    redis.call('XDEL', KEYS[1], entry[1])
    redis.call('ZADD', KEYS[2], offset, offset .. ' ' .. ARGV[3] .. ' ' .. id)
    count = count + 1
  end
end
if count > 0 then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
if #entries < tonumber(ARGV[6]) then
  prune()
  return { count, '' }
end
return { count, '(' .. entries[#entries][1] }
