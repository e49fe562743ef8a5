-- Commits one room's numbered messages: appends them to the streams, removes their ingress entries, logs events and publishes the frame.
-- Does none of this when the lease is lost ('fenced') or the heads differ from the expected ones ('moved').
-- KEYS: 1 lease, 2 heads, 3-5 streams per stream lane, 6-9 ingress per lane, 10 ledger, 11 eventLog
-- ARGV: 1 owner, 2 token, 3 epoch, 4-6 offsets per stream lane (expected), 7 headsTtlMs, 8 publishCommand, 9 frameChannel,
--       10 frame ('' publishes none), 11 eventsChannel, 12 eventsCap,
--       then per stream lane: historySize, ttlMs, n messages,
--       then per lane: n entries,
--       then n counts: field (of the ledger), amount,
--       then n events
-- Returns 'ok', 'fenced' or 'moved'.
local lease = redis.call('HMGET', KEYS[1], 'owner', 'token')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 'fenced' end
local lanes, streams = #lane_names, #stream_lane_names
local heads = redis.call('HMGET', KEYS[2], 'epoch', unpack(stream_lane_names))
if heads[1] ~= ARGV[3] then return 'moved' end
for i = 1, streams do
  if (heads[1 + i] or '0') ~= ARGV[3 + i] then return 'moved' end
end

local ledger, event_log = KEYS[3 + streams + lanes], KEYS[4 + streams + lanes]
local heads_ttl, publish, frame_channel, frame, events_channel, events_cap = unpack(ARGV, 4 + streams, 9 + streams)

-- Redis reserves 4 KB for the first node of a new stream, which most rooms never fill. DUMP and RESTORE shrink the stream to its real size.
-- When the ACL forbids them, the stream keeps the larger node.
local function append(stream, keep, id, message)
  if redis.call('XADD', stream, 'NOMKSTREAM', 'MAXLEN', '~', keep, id, 'm', message) then return end
  redis.call('XADD', stream, id, 'm', message)
  local dump = redis.pcall('DUMP', stream)
  if type(dump) == 'string' then redis.pcall('RESTORE', stream, 0, dump, 'REPLACE') end
end

local at = 10 + streams
for i = 1, streams do
  local keep, ttl, n = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local offset = tonumber(ARGV[3 + i])
  for k = 1, n do
    append(KEYS[2 + i], keep, string.format('%d-0', offset + k), ARGV[at + 2 + k])
  end
  if n > 0 then
    redis.call('PEXPIRE', KEYS[2 + i], ttl)
    redis.call('HSET', KEYS[2], stream_lane_names[i], string.format('%d', offset + n))
  end
  at = at + 3 + n
end
redis.call('PEXPIRE', KEYS[2], heads_ttl)
for lane = 1, lanes do
  local n = tonumber(ARGV[at])
  local removed = 0
  for k = 1, n do removed = removed + redis.call('XDEL', KEYS[2 + streams + lane], ARGV[at + k]) end
  -- An entry that is already missing was trimmed at the cap after the relay had read it, and was then counted as shed. This commit counts its
  -- message again, as sequenced or shed, so the earlier count is subtracted.
  if removed < n then redis.call('HINCRBY', ledger, 'shed:' .. lane_names[lane] .. ':ingress_full', removed - n) end
  at = at + 1 + n
end
local n = tonumber(ARGV[at])
for k = 0, n - 1 do redis.call('HINCRBY', ledger, ARGV[at + 1 + 2 * k], ARGV[at + 2 + 2 * k]) end
at = at + 1 + 2 * n
n = tonumber(ARGV[at])
if n > 0 then
  local lost = redis.call('XLEN', event_log)
  local number = redis.call('HINCRBY', ledger, 'events_added', n) - n
  for k = 1, n do redis.call('XADD', event_log, 'MAXLEN', events_cap, '*', 'e', ARGV[at + k], 'n', number + k) end
  lost = lost + n - redis.call('XLEN', event_log)
  if lost > 0 then redis.call('HINCRBY', ledger, 'events_dropped', lost) end
  redis.call(publish, events_channel, '')
end
if frame ~= '' then redis.call(publish, frame_channel, frame) end
return 'ok'
