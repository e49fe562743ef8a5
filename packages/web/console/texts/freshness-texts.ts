// Old data, refusals, and replies that did not come, in English and 简体中文.

const english = {
  noReply: { none: 'no connection', late: 'no reply in time', cut: 'the reply was cut off', other: (status: string) => status },
  apiAway: (why: string) => `The api does not answer (${why}).`,
  shownIsFrom: (time: string, age: string) => `Showing data from ${time}, ${age} ago.`,
  trace: 'trace',
  failed: (what: string) => `Not done: ${what}`,
  notKnownIfDone: (why: string) => `No answer (${why}). The action may have been applied; check before you try again.`,
};

const chinese: typeof english = {
  noReply: { none: '无法连接', late: '应答超时', cut: '应答不完整', other: (status) => `HTTP ${status.slice(0, 3)}` },
  apiAway: (why) => `接口没有应答（${why}）。`,
  shownIsFrom: (time, age) => `显示的是 ${time} 的数据，已过去 ${age}。`,
  trace: '追踪号',
  failed: (what) => `未完成：${what}`,
  notKnownIfDone: (why) => `没有应答（${why}），操作可能已生效；重试前请先确认。`,
};

export const freshnessTexts = { english, chinese };
