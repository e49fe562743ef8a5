// The page of word lists, in English and 简体中文.

const english = {
  lists: 'Lists',
  list: 'List',
  noLists: 'There are no word lists.',
  writeList: 'Edit a list',
  action: 'Action',
  wordActions: { block: 'refused', mask: 'masked with asterisks', hold: 'held for review', shadow: 'seen by its sender only' },
  words: 'Words',
  listName: 'Name',
  wordsByLine: 'Words, one per line',
  onlyRooms: 'Only in these rooms (empty: every room)',
  edit: 'Edit',
  remove: 'Remove',
  listRead: (name: string) => `Loaded the list ${name} into the form`,
  saveListTitle: 'Save this list?',
  saveListText: (name: string, words: string, most: string) =>
    `The list “${name}” will contain these ${words} words (at most ${most}); its previous content is replaced.`,
  listSaved: (name: string) => `Saved the list ${name}`,
  removeTitle: 'Remove this list?',
  removeText: (name: string) => `Messages are no longer checked for the words of “${name}”.`,
  removed: (name: string) => `Removed the list ${name}`,
};

const chinese: typeof english = {
  lists: '词库列表',
  list: '词库',
  noLists: '还没有词库。',
  writeList: '编辑词库',
  action: '处理方式',
  wordActions: { block: '拒绝', mask: '打星', hold: '送审', shadow: '仅发送者可见' },
  words: '词数',
  listName: '名称',
  wordsByLine: '词语，每行一个',
  onlyRooms: '仅这些房间（留空为所有房间）',
  edit: '编辑',
  remove: '删除',
  listRead: (name) => `已读入词库 ${name}`,
  saveListTitle: '保存这个词库？',
  saveListText: (name, words, most) => `词库“${name}”将变为这 ${words} 个词（上限 ${most}），原有内容被替换。`,
  listSaved: (name) => `已保存词库 ${name}`,
  removeTitle: '删除这个词库？',
  removeText: (name) => `不再检查“${name}”里的词。`,
  removed: (name) => `已删除词库 ${name}`,
};

export const wordsTexts = { english, chinese };
