-- Reads the heads of a room. A claim is what the calling process saw earlier: an epoch, its offsets, and epochs that ended. Begins the given
-- epoch when the room has no heads, or when the claim shows that the store may have lost messages.
-- KEYS: 1 heads, 2-4 streams per stream lane, 5-7 tombstones per stream lane, 8 recalledParts (of combos)
-- ARGV: 1 newEpoch, 2 ttlMs, only with a claim: 3 keepsAcknowledged ('1' when a failover of this store loses no acknowledged write),
--       4 knownEpoch (that the process saw last, '' when none), 5-7 knownOffsets per stream lane, 8… ended (epochs known to have ended)
-- Returns {epoch, the offset of each stream lane, forks, reason}. `reason` is the reason why this call began an epoch ('' when it began none).
-- `forks` is 'EPOCH OFFSET…,…' (false when there are none): the earlier epochs of the room, newest first, each with the offsets up to which
-- its messages survived.
local streams = #stream_lane_names
local fields = redis.call('HMGET', KEYS[1], 'epoch', 'forks', 'run', unpack(stream_lane_names))
local epoch, forks, run = fields[1], fields[2], fields[3]
local offsets = {}
for lane = 1, streams do offsets[lane] = fields[3 + lane] or '0' end
local claims = ARGV[4] ~= nil

local function answer(reason)
  local values = { epoch, unpack(offsets) }
  values[streams + 2] = forks
  values[streams + 3] = reason
  return values
end

-- Identity of the Redis process and its data. The run id changes with a restart, and the replication id changes with a promotion. A Cluster can
-- also move a slot to another master without loss; the node id distinguishes such a move from a restart. False when the ACL forbids INFO.
local function identity()
  local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
  if type(server) ~= 'string' or type(replication) ~= 'string' then return false end
  local id, replid = string.match(server, 'run_id:(%w+)'), string.match(replication, 'master_replid:(%w+)')
  if not id or not replid then return false end
  local node = string.match(server, 'redis_mode:cluster') and redis.pcall('CLUSTER', 'MYID')
  return {
    node = type(node) == 'string' and node or '-',
    id = id,
    replid = replid,
    -- Replication id of the former master; zeros when this process was never promoted.
    before = string.match(replication, 'master_replid2:(%w+)') or '',
  }
end

-- True when this Redis process has all data of the process whose identity is stored with the heads (`run`), so nothing can have been lost.
local function same_data(me)
  local node, id, replid = string.match(run, '^(%S+) (%S+) (%S+)$')
  if me.id == id then
    -- The process has not restarted. A master without replicas for a long time changes its replication id without a promotion; `before` is
    -- then all zeros.
    return me.replid == replid or string.match(me.before, '^0*$') ~= nil
  end
  return me.node ~= '-' and me.node ~= node and me.before ~= replid
end

local me = claims and identity()
local me_text = me and (me.node .. ' ' .. me.id .. ' ' .. me.replid)

if not epoch then
  epoch, forks = ARGV[1], false
  for lane = 1, streams do offsets[lane] = '0' end
  redis.call('HSET', KEYS[1], 'epoch', epoch)
  if me_text then redis.call('HSET', KEYS[1], 'run', me_text) end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  -- Deletes messages of the lost epoch: their offsets would collide with those of the new one.
  redis.call('DEL', unpack(KEYS, 2))
  return answer(claims and (ARGV[4] ~= '' or ARGV[5 + streams]) and 'lost' or '')
end
if not claims then return answer('') end

local reason, behind = '', false
for lane = 1, streams do
  if epoch == ARGV[4] and tonumber(offsets[lane]) < tonumber(ARGV[4 + lane]) then behind = true end
end
if behind then reason = 'went_back' end
for at = 5 + streams, #ARGV do
  if ARGV[at] == epoch then reason = 'returned' end
end
if reason == '' and me and run and run ~= me_text and not same_data(me) and not (ARGV[3] == '1' and ARGV[4] == epoch) then reason = 'unproven' end

if reason ~= '' then
  local survived = { epoch .. ' ' .. table.concat(offsets, ' ') }
  for fork in string.gmatch(forks or '', '[^,]+') do
    if #survived < 8 then survived[#survived + 1] = fork end
  end
  epoch, forks = ARGV[1], table.concat(survived, ',')
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'forks', forks)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
if me_text and run ~= me_text then redis.call('HSET', KEYS[1], 'run', me_text) end
return answer(reason)
