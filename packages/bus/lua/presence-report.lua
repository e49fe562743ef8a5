-- Sets one edge's connections in rooms of one shard and counts each room over all edges that reported in time.
-- KEYS: 1 totals (room → online), then per room: its rows (edge → 'count:expires'), its heads
-- ARGV: 1 edge ('' only counts), 2 ttl ms, 3 heads ttl ms, then per room: name, count (-1 leaves the row as it is)
-- Returns per room: the online count, and epoch and offsets of control, gift, chat of its heads (false where there are none).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local pulses = {}
for i = 1, (#ARGV - 3) / 2 do
  local rows, room, count = KEYS[2 * i], ARGV[2 + 2 * i], tonumber(ARGV[3 + 2 * i])
  if count > 0 then
    redis.call('HSET', rows, ARGV[1], string.format('%d:%d', count, now + ARGV[2]))
    redis.call('PEXPIRE', KEYS[2 * i + 1], ARGV[3])
  elseif count == 0 then
    redis.call('HDEL', rows, ARGV[1])
  end
  local sum, latest = 0, 0
  local row = redis.call('HGETALL', rows)
  for k = 1, #row, 2 do
    local online, expires = string.match(row[k + 1], '^(%d+):(%d+)$')
    if tonumber(expires) <= now then
      redis.call('HDEL', rows, row[k])
    else
      sum = sum + tonumber(online)
      latest = math.max(latest, tonumber(expires))
    end
  end
  if sum > 0 then
    redis.call('PEXPIREAT', rows, string.format('%d', latest))
    redis.call('HSET', KEYS[1], room, sum)
  else
    redis.call('HDEL', KEYS[1], room)
  end
  pulses[#pulses + 1] = sum
  for _, value in ipairs({ 'epoch', 'control', 'gift', 'chat' }) do
    pulses[#pulses + 1] = redis.call('HGET', KEYS[2 * i + 1], value)
  end
end
return pulses
