// Numbers, durations, lanes, and words that several pages use, in English and 简体中文.

const english = {
  units: { seconds: 's', minutes: 'min', hours: 'h', days: 'd' },
  perSecond: (number: string) => `${number}/s`,
  ago: (time: string) => `${time} ago`,
  chart: (heading: string, values: string) => `${heading}, the last hour. Now: ${values}`,
  lanes: { control: 'control', gift: 'gift', chat: 'chat', ambient: 'ambient' },
  lane: 'Lane',
  online: 'Online',
  connections: 'Connections',
  rooms: 'Rooms',
  room: 'Room',
  users: 'Users',
  messagesPerSecond: 'Messages/s',
  rate: 'Rate',
  shed: 'Shed',
  waiting: 'Waiting',
  lag: 'Lag',
  worstLag: 'Worst lag',
  processes: 'Processes',
};

const chinese: typeof english = {
  units: { seconds: '秒', minutes: '分钟', hours: '小时', days: '天' },
  perSecond: (number) => `${number}/秒`,
  ago: (time) => `${time}前`,
  chart: (heading, values) => `${heading}，最近一小时。当前：${values}`,
  lanes: { control: '控制', gift: '礼物', chat: '弹幕', ambient: '氛围' },
  lane: '通道',
  online: '在线',
  connections: '连接',
  rooms: '房间',
  room: '房间',
  users: '用户',
  messagesPerSecond: '消息/秒',
  rate: '速率',
  shed: '丢弃',
  waiting: '排队',
  lag: '延迟',
  worstLag: '最大延迟',
  processes: '进程',
};

export const figuresTexts = { english, chinese };
