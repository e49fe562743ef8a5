// The demo page's texts in English and 简体中文, by the browser's language. The elements have separate texts.
const english = {
  title: 'live',
  badge: 'LIVE',
  live: 'Live picture',
  viewer: 'Viewer',
  tryIt: 'Send a gift from a shell:',
  gifts: { rose: 'Rose', star: 'Star', crown: 'Crown', car: 'Sports car', rocket: 'Rocket', castle: 'Castle' },
};

type Texts = typeof english;

const chinese: Texts = {
  title: '直播',
  badge: '直播',
  live: '直播画面',
  viewer: '观众',
  tryIt: '在命令行里送个礼物：',
  gifts: { rose: '玫瑰', star: '星星', crown: '皇冠', car: '跑车', rocket: '火箭', castle: '城堡' },
};

export const chosen = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
export const texts = chosen === 'en' ? english : chinese;
