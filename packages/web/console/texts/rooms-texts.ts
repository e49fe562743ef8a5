// The list of rooms, in English and 简体中文.

const english = {
  prefix: 'Name begins with',
  order: 'Order',
  orders: { online: 'most viewers first', rate: 'most messages first', name: 'by name' },
  search: 'Search',
  openRoom: 'Open this room',
  roomsFound: (total: number) => (total === 1 ? '1 room with viewers' : `${total} rooms with viewers`),
  busiestOf: (shown: number, total: number) => `The ${shown} rooms with the most viewers (of ${total}), sorted by messages per second`,
  noRooms: 'No room with viewers has such a name.',
  notARoom: 'Not a valid room name: use letters, digits and _ . : @ - only.',
};

const chinese: typeof english = {
  prefix: '名称前缀',
  order: '排序',
  orders: { online: '人数最多', rate: '最活跃', name: '按名称' },
  search: '查找',
  openRoom: '打开这个房间',
  roomsFound: (total) => `${total} 个有观众的房间`,
  busiestOf: (shown, total) => `在人数最多的 ${shown} 个房间中按活跃度排序（共 ${total} 个）`,
  noRooms: '没有符合的房间。',
  notARoom: '这不是房间名：只能用字母、数字和 _ . : @ -。',
};

export const roomsTexts = { english, chinese };
