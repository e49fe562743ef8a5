// One message: its trace and its receipts, in English and 简体中文.

const english = {
  messageId: 'Message id',
  messageIntro: 'Enter the id of a message. It is shown by the push form, in the list of a room’s messages, and in the reply of the api.',
  wayOf: 'Hop by hop',
  traceNeedsRoom: 'Enter the room of the message to see its trace.',
  traceId: 'Trace id',
  hops: { accepted: 'accepted', stored: 'stored', sequenced: 'sequenced', delivered: 'delivered', recalled: 'recalled' },
  atOffset: (offset: string) => `offset ${offset}`,
  toViewers: (viewers: string) => `to ${viewers} connections`,
  clocksDiffer: 'Each time is from the clock of that process; clocks of different machines may differ.',
  receipts: 'Receipts',
  noReceipts: 'This message requested no receipts, or they have expired.',
  sent: 'Sent to',
  received: 'Received by',
  missing: 'Missing',
  receiptsFinal: 'final',
  receiptsWaiting: 'receipts may still arrive',
};

const chinese: typeof english = {
  messageId: '消息 ID',
  messageIntro: '用消息 ID 追踪一条消息：推送表单、房间消息列表和接口应答里都有它。',
  wayOf: '逐跳路径',
  traceNeedsRoom: '填写消息所在的房间即可查看路径。',
  traceId: '追踪号',
  hops: { accepted: '已接受', stored: '已入库', sequenced: '已排序', delivered: '已下发', recalled: '已撤回' },
  atOffset: (offset) => `偏移 ${offset}`,
  toViewers: (viewers) => `下发 ${viewers} 个连接`,
  clocksDiffer: '时间取自各进程自己的时钟；不同机器可能有偏差。',
  receipts: '回执',
  noReceipts: '这条消息没有要求回执，或已过期。',
  sent: '已下发',
  received: '已收到',
  missing: '缺失',
  receiptsFinal: '最终结果',
  receiptsWaiting: '回执可能还在路上',
};

export const messageTexts = { english, chinese };
