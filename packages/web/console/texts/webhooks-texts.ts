// The page of webhook targets and undelivered events, in English and 简体中文.

const english = {
  targets: 'Targets',
  noTargets: 'There are no webhook targets.',
  target: 'Target',
  targetStates: { closed: 'healthy', open: 'failing', disabled: 'disabled' },
  triedAt: (time: string) => `next attempt ${time}`,
  failures: 'Failures',
  noLag: 'none',
  droppedEvents: 'Dropped',
  tryAgain: 'Retry now',
  enableTitle: 'Retry this target now?',
  enableText: (id: string) => `Events are sent to ${id} again immediately, oldest first.`,
  enabled: (id: string) => `Retrying target ${id}`,
  deadLetters: 'Undelivered events',
  noDeadLetters: 'Every event was delivered.',
  event: 'Event',
  givenUp: 'Given up',
  replay: 'Redeliver',
  replayTitle: 'Redeliver this event?',
  replayText: (type: string, target: string) => `${target} receives the event ${type} again, with its original id.`,
  replayed: (id: string) => `Redelivering event ${id}`,
};

const chinese: typeof english = {
  targets: '目标',
  noTargets: '没有配置 Webhook 目标。',
  target: '目标',
  targetStates: { closed: '正常', open: '失败中', disabled: '已停用' },
  triedAt: (time) => `下次尝试 ${time}`,
  failures: '失败次数',
  noLag: '无',
  droppedEvents: '已丢弃',
  tryAgain: '再试',
  enableTitle: '再次尝试这个目标？',
  enableText: (id) => `事件将立即重新发往 ${id}，从最早的开始。`,
  enabled: (id) => `正在重试 ${id}`,
  deadLetters: '未能投递的事件',
  noDeadLetters: '所有事件都已投递。',
  event: '事件',
  givenUp: '放弃时间',
  replay: '重新投递',
  replayTitle: '重新投递这个事件？',
  replayText: (type, target) => `${target} 将以原来的 ID 再收到一次 ${type}。`,
  replayed: (id) => `重新投递 ${id}`,
};

export const webhooksTexts = { english, chinese };
