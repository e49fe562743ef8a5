-- Stores one edge's report about rooms of one shard, removes expired rows and sums each room over the remaining edges.
-- KEYS: 1 totals (room → online), then per room: rows (edge → 'count:expires:users:version'), heads, memberLists (edge → list)
-- ARGV: 1 edge ('' only when every count is -1), 2 ttlMs, 3 headsTtlMs,
--       then per room: name, count (connections; 0 removes the row, -1 changes nothing), users (distinct; '' keeps the stored number),
--       version (of the member list; '' keeps the stored list), list
-- Returns per room: connections of all edges, version of the edge's stored list ('' when none), epoch and the offset of each stream lane
-- from its heads (false when absent), and 1 when this call removed the room from the totals because no edge has connections in it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local edge = ARGV[1]

local function set(rows, lists, count, users, version, list)
  local before = redis.call('HGET', rows, edge) or ''
  local known_users, known_version = string.match(before, '^%d+:%d+:(%d*):(.*)$')
  if users == '' then users = known_users or '' end
  if version ~= '' then
    redis.call('HSET', lists, edge, list)
  elseif known_version and redis.call('HEXISTS', lists, edge) == 1 then
    version = known_version
  end
  redis.call('HSET', rows, edge, string.format('%d:%d:%s:%s', count, now + ARGV[2], users, version))
  return version
end

local pulses = {}
for i = 1, (#ARGV - 3) / 5 do
  local rows, heads, lists = KEYS[3 * i - 1], KEYS[3 * i], KEYS[3 * i + 1]
  local at = 5 * i - 1
  local room, count, version = ARGV[at], tonumber(ARGV[at + 1]), ''
  if count > 0 then
    version = set(rows, lists, count, ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
    redis.call('PEXPIRE', heads, ARGV[3])
  elseif count == 0 then
    redis.call('HDEL', rows, edge)
    redis.call('HDEL', lists, edge)
  end
  local sum, latest, left = 0, 0, 0
  local row = redis.call('HGETALL', rows)
  for k = 1, #row, 2 do
    local online, expires = string.match(row[k + 1], '^(%d+):(%d+):')
    if tonumber(expires) <= now then
      redis.call('HDEL', rows, row[k])
      redis.call('HDEL', lists, row[k])
    else
      sum = sum + tonumber(online)
      latest = math.max(latest, tonumber(expires))
    end
  end
  if sum > 0 then
    redis.call('PEXPIREAT', rows, string.format('%d', latest))
    redis.call('PEXPIREAT', lists, string.format('%d', latest))
    redis.call('HSET', KEYS[1], room, sum)
  else
    redis.call('DEL', lists)
    left = redis.call('HDEL', KEYS[1], room)
  end
  pulses[#pulses + 1] = sum
  pulses[#pulses + 1] = version
  for _, value in ipairs(redis.call('HMGET', heads, 'epoch', unpack(stream_lane_names))) do
    pulses[#pulses + 1] = value
  end
  pulses[#pulses + 1] = left
end
return pulses
