// The page of the cluster, in English and 简体中文.

const english = {
  curves: { online: 'Online', lanes: 'Messages/s by lane', shed: 'Shed/s', lag: 'Event-loop lag, worst process' },
  roles: { edge: 'Edges', relay: 'Relays', api: 'APIs', worker: 'Workers' },
  otherRole: 'Others',
  noAddress: 'no listening port',
  load: 'Load',
  shards: 'Shards',
  cpu: 'CPU',
  memory: 'Memory',
  behind: 'Viewers behind',
  up: 'Up',
  seen: 'Seen',
  depth: 'Queue length by lane',
};

const chinese: typeof english = {
  curves: { online: '在线人数', lanes: '各通道每秒消息', shed: '每秒丢弃', lag: '事件循环延迟（最差进程）' },
  roles: { edge: '边缘', relay: '中继', api: '接口', worker: '任务进程' },
  otherRole: '其他',
  noAddress: '不监听端口',
  load: '负载',
  shards: '分片',
  cpu: 'CPU',
  memory: '内存',
  behind: '落后的观众',
  up: '已运行',
  seen: '最近上报',
  depth: '各通道排队',
};

export const clusterTexts = { english, chinese };
