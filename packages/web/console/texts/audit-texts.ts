// The audit log, in English and 简体中文.

const english = {
  log: 'Log',
  logs: { changes: 'moderation and administration', publishing: 'publishing', unknown: 'without a valid key' },
  key: 'Key',
  routeBegins: 'Route begins with',
  when: 'When',
  request: 'Request',
  of: 'Target',
  asked: 'Content',
  answer: 'Reply',
  nobody: 'no key',
  nothingLogged: 'This log is empty.',
  nothingOnThisPage: 'No matching entries on this page; see the next pages.',
};

const chinese: typeof english = {
  log: '日志',
  logs: { changes: '管理与处置', publishing: '发布', unknown: '无有效密钥' },
  key: '密钥',
  routeBegins: '路由前缀',
  when: '时间',
  request: '请求',
  of: '对象',
  asked: '内容',
  answer: '应答',
  nobody: '无',
  nothingLogged: '这个日志是空的。',
  nothingOnThisPage: '这一页没有符合的记录，请往后翻。',
};

export const auditTexts = { english, chinese };
