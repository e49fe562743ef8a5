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
  configsDiffer: 'Processes with different configs',
  configsDifferHint: 'Give these processes the same settings and restart them. This command prints the settings of a process:',
  differsIn: 'differs in',
  differsAmong: 'has no common value among',
  configDiffers: 'Config differs:',
  configUnknown: 'config not reported (older version)',
  /** Texts by code of a process's problem; the text of the process follows. */
  degraded: {} as Readonly<Record<string, string>>,
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
  configsDiffer: '进程的配置不一致',
  configsDifferHint: '请让这些进程使用相同的设置并重启。查看单个进程的设置：',
  differsIn: '不同于多数进程：',
  differsAmong: '各进程取值不一：',
  configDiffers: '配置不一致：',
  configUnknown: '未报告配置（旧版本）',
  degraded: {
    redis_eviction: 'Redis 可能删除已存储的消息。',
    redis_refused: 'Redis 拒绝了部分命令。',
    redis_full: 'Redis 内存已满，无法写入。',
    replicas_missing: '确认写入的 Redis 副本不足，礼物和控制消息被拒绝。',
    ack_without_fsync: 'Redis 没有确认落盘，已入库的消息只在内存里。',
    clock_skew: '本机时钟与 Redis 相差过大。',
    log_dropped: '部分日志行已丢弃。',
    webhook_events_lost: '部分 Webhook 事件已丢失。',
  },
};

export const clusterTexts = { english, chinese };
