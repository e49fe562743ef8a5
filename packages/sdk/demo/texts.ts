// The page's words in English and 简体中文, by the browser's language.
const english = {
  online: 'watching',
  send: 'Send',
  placeholder: 'Say something…',
  tryIt: 'Send a gift from a shell:',
  connecting: 'connecting',
  onlineState: 'connected',
  closed: 'stopped',
  gave: 'gave',
  missed: (count: number) => (count > 0 ? `${count} messages were skipped` : 'Some messages were skipped'),
  wait: (seconds: number) => `Slow down a little: ${seconds} s`,
};

export type Texts = typeof english;

const chinese: Texts = {
  online: '人在看',
  send: '发送',
  placeholder: '发条弹幕吧…',
  tryIt: '在命令行里送个礼物:',
  connecting: '连接中',
  onlineState: '已连接',
  closed: '已停止',
  gave: '送出',
  missed: (count) => (count > 0 ? `跳过了 ${count} 条消息` : '跳过了一些消息'),
  wait: (seconds) => `慢一点,${seconds} 秒后再发`,
};

export const texts = navigator.language.toLowerCase().startsWith('zh') ? chinese : english;
