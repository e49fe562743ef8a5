-- Takes a message out of a room's streams and remembers its id; a tombstone keeps its offset.
-- KEYS: 1-3 streams of control, gift, chat, 4-6 their tombstones ('OFFSET MS ID' by offset), 7 recalled ids (by time)
-- ARGV: 1 id, 2 id as JSON, 3 now ms, 4 ttl ms. Returns 1, or 0 when history never had it.
local lane_names = { 'control', 'gift', 'chat' }

local function bury(lane)
  local stream, tombs, at = KEYS[lane], KEYS[3 + lane], '+'
  while true do
    local entries = redis.call('XREVRANGE', stream, at, '-', 'COUNT', 200)
    for _, entry in ipairs(entries) do
      local offset = string.match(entry[1], '^%d+')
      local begins = '{"lane":"' .. lane_names[lane] .. '","offset":' .. offset .. ',"id":' .. ARGV[2] .. ','
      if string.sub(entry[2][2], 1, #begins) == begins then
        redis.call('XDEL', stream, entry[1])
        redis.call('ZADD', tombs, offset, offset .. ' ' .. ARGV[3] .. ' ' .. ARGV[1])
        redis.call('PEXPIRE', tombs, ARGV[4])
        return true
      end
    end
    if #entries < 200 then return false end
    at = '(' .. entries[#entries][1]
  end
end

-- Tombstones before the oldest message stand for what history would have forgotten.
local function prune(lane)
  local oldest = redis.call('XRANGE', KEYS[lane], '-', '+', 'COUNT', 1)[1]
  if not oldest then return end
  local before = tonumber(string.match(oldest[1], '^%d+')) - 1
  while redis.call('ZCOUNT', KEYS[3 + lane], before, before) == 1 do before = before - 1 end
  redis.call('ZREMRANGEBYSCORE', KEYS[3 + lane], '-inf', before)
end

local function is_buried()
  for lane = 1, 3 do
    for _, tomb in ipairs(redis.call('ZRANGE', KEYS[3 + lane], 0, -1)) do
      if string.match(tomb, '^%d+ %d+ (.*)$') == ARGV[1] then return true end
    end
  end
  return false
end

local known = redis.call('ZSCORE', KEYS[7], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', string.format('%d', ARGV[3] - ARGV[4]))
redis.call('ZADD', KEYS[7], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[7], ARGV[4])
for lane = 3, 1, -1 do
  if bury(lane) then
    prune(lane)
    return 1
  end
end
return known and is_buried() and 1 or 0
