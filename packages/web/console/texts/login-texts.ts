// The login form and refusals of a key, in English and 简体中文.

const english = {
  loginText: "The operator's console. Log in with an API key; its scopes decide what you can do here.",
  apiKey: 'API key',
  logIn: 'Log in',
  checking: 'Checking…',
  loginHint: 'The key is stored in this tab only and deleted when you close the tab.',
  sessionEnded: 'The key is no longer valid. Log in again.',
  notAKey: 'The api does not know this key.',
  needs: (key: string, scope: string) => `Not available: the key “${key}” does not have the scope “${scope}”.`,
  needsAllRooms: (key: string, rooms: string) => `Not available: the key “${key}” is limited to ${rooms}, and this page shows every room.`,
};

const chinese: typeof english = {
  loginText: '运维控制台。请用 API 密钥登录；密钥能做什么，你在这里就能做什么。',
  apiKey: 'API 密钥',
  logIn: '登录',
  checking: '正在验证…',
  loginHint: '密钥只保存在这个标签页里，关闭即忘。',
  sessionEnded: '密钥已失效，请重新登录。',
  notAKey: '接口不认识这个密钥。',
  needs: (key, scope) => `不可用：密钥“${key}”没有权限“${scope}”。`,
  needsAllRooms: (key, rooms) => `不可用：密钥“${key}”仅限 ${rooms}，而这个页面涉及所有房间。`,
};

export const loginTexts = { english, chinese };
