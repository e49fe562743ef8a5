-- Removes a message from one of a room's streams, stores a tombstone for its offset and records its id. Each call searches only a part of the
-- stream, so that it does not block Redis for long; the caller continues from the returned entry.
-- A message that contains the id as part of a combo (`"parts"` after the message's id) stays in the stream; readers filter recalled parts.
-- KEYS: 1-3 streams per stream lane, 4-6 tombstones per stream lane ('OFFSET MS ID' by offset), 7 recalled (ids by time),
--       8 recalledParts (of combos, by offset of their message)
-- ARGV: 1 id, 2 idJson, 3 nowMs, 4 ttlMs, 5 stream (number of its lane), 6 from (end of the range to search, as XREVRANGE takes it),
--       7 limit (entries to search), 8 first ('1' in the first call), 9 partsTtlMs
-- Returns {1} when the message is recalled, {0, where to continue ('' at the end of the stream)} when this part does not contain it.
local streams = #stream_lane_names
local lane = tonumber(ARGV[5])
local stream, tombstones, recalled, recalled_parts = KEYS[lane], KEYS[streams + lane], KEYS[2 * streams + 1], KEYS[2 * streams + 2]

-- Removes the tombstones below the oldest message of the stream: their messages would have been trimmed from history by now. The unbroken
-- run of tombstones directly before that message stays.
local function prune()
  local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  if not oldest then return end
  local before = tonumber(string.match(oldest[1], '^%d+')) - 1
  while redis.call('ZCOUNT', tombstones, before, before) == 1 do before = before - 1 end
  redis.call('ZREMRANGEBYSCORE', tombstones, '-inf', before)
end

local function is_buried()
  for k = streams + 1, 2 * streams do
    for _, tomb in ipairs(redis.call('ZRANGE', KEYS[k], 0, -1)) do
      if string.match(tomb, '^%d+ %d+ (.*)$') == ARGV[1] then return true end
    end
  end
  return false
end

if ARGV[8] == '1' then
  local known = redis.call('ZSCORE', recalled, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', recalled, '-inf', string.format('%d', ARGV[3] - ARGV[4]))
  redis.call('ZADD', recalled, ARGV[3], ARGV[1])
  redis.call('PEXPIRE', recalled, ARGV[4])
  if known and is_buried() then return { 1 } end
end

-- Danmux writes `parts` between `id` and `type`; quotes inside JSON strings are escaped, so a match there is the real field.
local function has_part(text)
  local from = string.find(text, ',"parts":[{"id":', 1, true)
  local upto = from and string.find(text, ',"type":"', 1, true)
  if not upto or from > upto then return false end
  local part = string.find(text, '{"id":' .. ARGV[2] .. ',"count":', from, true)
  return part and part < upto
end

local entries = redis.call('XREVRANGE', stream, ARGV[6], '-', 'COUNT', ARGV[7])
for _, entry in ipairs(entries) do
  local offset = string.match(entry[1], '^%d+')
  local begins = '{"lane":"' .. stream_lane_names[lane] .. '","offset":' .. offset .. ',"id":' .. ARGV[2] .. ','
  if stream_lane_combos[lane] and has_part(entry[2][2]) then
    local oldest = string.match(redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1], '^%d+')
    redis.call('ZREMRANGEBYSCORE', recalled_parts, '-inf', '(' .. oldest)
    redis.call('ZADD', recalled_parts, offset, ARGV[1])
    redis.call('PEXPIRE', recalled_parts, ARGV[9])
    return { 1 }
  end
  if string.sub(entry[2][2], 1, #begins) == begins then
    redis.call('XDEL', stream, entry[1])
    redis.call('ZADD', tombstones, offset, offset .. ' ' .. ARGV[3] .. ' ' .. ARGV[1])
    redis.call('PEXPIRE', tombstones, ARGV[4])
    prune()
    return { 1 }
  end
end
if #entries < tonumber(ARGV[7]) then return { 0, '' } end
return { 0, '(' .. entries[#entries][1] }
