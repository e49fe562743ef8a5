// Messages that wait for a moderator, in English and 简体中文.

const english = {
  reviewsIntro: 'Messages held by a word list or the pre-send hook. Until an operator decides, only their senders see them.',
  noReviews: 'No messages to review.',
  heldBy: (reason: string) => `held by ${reason}`,
  approve: 'Approve',
  reject: 'Reject',
  verdicts: {
    approve: {
      title: 'Approve this message?',
      text: (who: string, said: string, room: string) => `“${said}” by ${who} is shown to every viewer of ${room}.`,
      done: (who: string) => `Approved a message by ${who}`,
    },
    reject: {
      title: 'Reject this message?',
      text: (who: string, said: string, room: string) => `“${said}” by ${who} is never shown in ${room}.`,
      done: (who: string) => `Rejected a message by ${who}`,
    },
  },
};

const chinese: typeof english = {
  reviewsIntro: '被词库或发送前钩子扣下的消息；在处理之前只有发送者自己看得到。',
  noReviews: '没有待处理的消息。',
  heldBy: (reason) => {
    const [source, detail = ''] = reason.split(/: ?(.*)/s, 2);
    return source === 'words' ? `被词库“${detail}”扣下` : source === 'hook' ? `被发送前钩子扣下${detail && `：${detail}`}` : `扣下原因：${reason}`;
  },
  approve: '放行',
  reject: '丢弃',
  verdicts: {
    approve: {
      title: '放行这条消息？',
      text: (who, said, room) => `${who} 的“${said}”将展示给 ${room} 的所有观众。`,
      done: (who) => `已放行 ${who} 的一条消息`,
    },
    reject: {
      title: '丢弃这条消息？',
      text: (who, said, room) => `${who} 的“${said}”不会在 ${room} 展示。`,
      done: (who) => `已丢弃 ${who} 的一条消息`,
    },
  },
};

export const reviewsTexts = { english, chinese };
