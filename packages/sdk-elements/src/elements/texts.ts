// The texts of the elements in English and 简体中文, and the choice of the language.
import type { DanmuxError, ErrorCode } from '@danmux/protocol';
import type { Obstacle } from './send-rules.ts';

const english = {
  messages: 'Messages',
  online: 'watching',
  connecting: 'connecting',
  connected: 'connected',
  closed: 'stopped',
  message: 'Message',
  placeholder: 'Say something…',
  send: 'Send',
  sending: 'sending…',
  held: 'waiting for a moderator',
  notSent: 'not sent',
  retry: 'Try again',
  discard: 'Discard',
  recent: (count: number) => `${count} new`,
  gap: (count: number, atLeast = false) =>
    count > 0 ? `${atLeast ? 'At least ' : ''}${count} ${count === 1 ? 'message was' : 'messages were'} skipped` : 'Some messages were skipped',
  gave: 'sent',
  gifts: 'Gifts',
  howMany: 'How many',
  left: (count: number) => `${count} left`,
  seconds: (count: number) => `${count} s`,
  level: (level: number) => `Lv ${level}`,
  roles: { host: 'Host', admin: 'Admin', moderator: 'Mod', vip: 'VIP', member: 'Member' } as Readonly<Record<string, string>>,
  obstacle: {
    guest: () => 'Sign in to join the chat',
    offline: () => 'Reconnecting…',
    // Empty: the error that closed the client is shown instead.
    closed: () => '',
    out: () => 'You were removed from this room',
    muted: (until?: string) => (until ? `You are muted until ${until}` : 'You are muted'),
    room_muted: () => 'Everyone is muted right now',
    level: (level?: string) => `Level ${level} is needed to send here`,
    pace: () => '',
  } satisfies Record<Obstacle, (detail?: string) => string>,
  slowMode: (seconds: number) => `Slow mode: one message every ${seconds} s`,
  membersOnly: 'Only members may send here',
  errors: {} as Partial<Record<ErrorCode, string>>,
  /** Texts by notice code; for other codes the server's message is shown. */
  notices: {} as Partial<Record<string, string>>,
  settings: 'Danmaku settings',
  danmaku: 'Danmaku',
  opacity: 'Opacity',
  speed: 'Speed',
  area: 'Screen area',
  fontSize: 'Font size',
  close: 'Close',
};

export type Texts = typeof english;

const chinese: Texts = {
  messages: '消息',
  online: '人在看',
  connecting: '连接中',
  connected: '已连接',
  closed: '已停止',
  message: '消息',
  placeholder: '发条弹幕吧…',
  send: '发送',
  sending: '发送中…',
  held: '等待审核',
  notSent: '未发送',
  retry: '重试',
  discard: '删除',
  recent: (count) => `${count} 条新消息`,
  gap: (count, atLeast) => (count > 0 ? `${atLeast ? '至少' : ''}略过了 ${count} 条消息` : '略过了一些消息'),
  gave: '送出',
  gifts: '礼物',
  howMany: '数量',
  left: (count) => `还可输入 ${count} 字`,
  seconds: (count) => `${count} 秒`,
  level: (level) => `${level} 级`,
  roles: { host: '主播', admin: '管理', moderator: '房管', vip: 'VIP', member: '会员' },
  obstacle: {
    guest: () => '登录后即可发言',
    offline: () => '正在重新连接…',
    closed: () => '',
    out: () => '你已被移出直播间',
    muted: (until) => (until ? `你已被禁言至 ${until}` : '你已被禁言'),
    room_muted: () => '全员禁言中',
    level: (level) => `${level} 级以上才能发言`,
    pace: () => '',
  },
  slowMode: (seconds) => `慢速模式：每 ${seconds} 秒可发一条`,
  membersOnly: '仅会员可以发言',
  errors: {
    read_only: '登录后即可发言',
    room_forbidden: '没有进入这个直播间的权限',
    room_full: '直播间已满，稍后再试',
    token_missing: '请先登录',
    token_invalid: '登录信息无效，请重新登录',
    token_algorithm_refused: '登录信息无效，请重新登录',
    token_key_unknown: '登录信息无效，请重新登录',
    token_key_removed: '登录信息无效，请重新登录',
    token_signature_invalid: '登录信息无效，请重新登录',
    token_claim_invalid: '登录信息无效，请重新登录',
    token_not_yet_valid: '登录信息尚未生效，请稍候',
    token_expired: '登录已过期，请重新登录',
    banned: '你已被封禁',
    muted: '你已被禁言',
    room_muted: '全员禁言中',
    members_only: '仅会员可以发言',
    level_too_low: '等级不够，暂不能发言',
    content_blocked: '内容未通过审核',
    too_large: '消息太长了',
    slow_mode: '发得太快了，稍后再发',
    rate_limited: '发得太快了，稍后再发',
    unavailable: '网络不通，请稍后再试',
    origin_forbidden: '此网站未获允许',
  },
  notices: {
    unmuted: '禁言已解除',
    unbanned: '封禁已解除',
    token_expired: '登录已过期，请重新登录',
  },
  settings: '弹幕设置',
  danmaku: '弹幕',
  opacity: '不透明度',
  speed: '速度',
  area: '显示区域',
  fontSize: '字号',
  close: '关闭',
};

/** The value of the nearest `lang` attribute, searched beyond shadow roots too; otherwise the browser's language. */
export function languageOf(element: Element): string {
  for (let node: Element | null = element; node; ) {
    const marked: Element | null = node.closest('[lang]:not([lang=""])');
    if (marked) return marked.getAttribute('lang') ?? '';
    const root = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return navigator.language;
}

export function textsOf(language: string): Texts {
  return /^zh\b/i.test(language) ? chinese : english;
}

export function errorText(texts: Texts, error: DanmuxError): string {
  return texts.errors[error.code] ?? error.message;
}
