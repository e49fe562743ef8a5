// The texts of the OBS page: each describes a mistake in the URL and gives a valid example.
const english = {
  noRoom: 'This address names no room. Add ?room= with the name of your room, for example ?room=live:1001.',
  badRoom: (value: string) =>
    `room=${value}: a room name has 1 to 128 of the characters A-Z a-z 0-9 _ . : @ - and starts with a letter or digit. Correct it in the address.`,
  number: (name: string, value: string, min: number, max: number) =>
    `${name}=${value} is not used: write a number from ${min} to ${max}, for example ${name}=${example(min, max)}.`,
  lanes: (value: string) => `lanes=${value} is not used: write chat, gift or both with a comma between, for example lanes=gift,chat.`,
  font: (value: string) => `font=${value} is not used: write the name of one font of this computer, for example font=Noto Sans SC.`,
  url: (value: string) => `url=${value} is not used: write the address of an edge, beginning with http:// or https://; separate several addresses by commas.`,
  unknown: (name: string, known: string) => `Unknown parameter “${name}”. Known parameters: ${known}. Remove it from the address, or correct its name.`,
  noEdges: 'No edge was found. Add the address of an edge to this address, for example &url=https://edge.example.com.',
  token: (why: string) => `The token in the address is refused: ${why} Put a watch key after #key=, or a new token after #token=.`,
  tokenEnded: 'The token in the address has ended. Put a watch key after #key=, which does not end, or a new token after #token=.',
  key: (why: string) => `The watch key in the address is refused: ${why} Put a new one after #key=.`,
  otherRoom: (allowed: string, room: string) => `It is for the room ${allowed}, and the address names ${room}.`,
  noServer: 'The server of this page does not answer; trying again.',
  noConnection: (urls: string) => (urls ? `No connection to ${urls}; trying again. Check url= in the address.` : 'No connection to an edge; trying again.'),
  ended: (why: string) => `The connection was ended: ${why}`,
  room: (room: string, why: string) => `The room ${room} cannot be shown: ${why}`,
  emptyRoom: (room: string) => `Connected. Nobody has been in the room ${room} yet: check room= in the address if this is not a new room.`,
};

export type Texts = typeof english;

const chinese: Texts = {
  noRoom: '地址里没有房间名。请加上 ?room=房间名，例如 ?room=live:1001。',
  badRoom: (value) => `room=${value}：房间名须为 1 到 128 个字符（A-Z a-z 0-9 _ . : @ -），以字母或数字开头。请在地址里改正。`,
  number: (name, value, min, max) => `${name}=${value} 未生效：请填 ${min} 到 ${max} 之间的数字，例如 ${name}=${example(min, max)}。`,
  lanes: (value) => `lanes=${value} 未生效：请填 chat、gift，或用逗号隔开两者，例如 lanes=gift,chat。`,
  font: (value) => `font=${value} 未生效：请填本机已安装的一个字体名，例如 font=Noto Sans SC。`,
  url: (value) => `url=${value} 未生效：请填以 http:// 或 https:// 开头的边缘节点地址，多个用逗号隔开。`,
  unknown: (name, known) => `没有“${name}”这个参数。可用的有：${known}。请从地址里删掉，或改正名称。`,
  noEdges: '这里找不到边缘节点。请在地址里加上 url=边缘节点地址，例如 &url=https://edge.example.com。',
  token: (why) => `地址里的令牌被拒绝：${why} 请在 #key= 后填写观看密钥，或在 #token= 后换上新的令牌。`,
  tokenEnded: '地址里的令牌已到期。请在 #key= 后填写不会到期的观看密钥，或在 #token= 后换上新的令牌。',
  key: (why) => `地址里的观看密钥被拒绝：${why} 请在 #key= 后换上新的密钥。`,
  otherRoom: (allowed, room) => `它属于房间 ${allowed}，而地址里写的是 ${room}。`,
  noServer: '本页面的服务器没有响应，正在重试。',
  noConnection: (urls) => (urls ? `无法连接 ${urls}，正在重试。请检查地址里的 url=。` : '无法连接边缘节点，正在重试。'),
  ended: (why) => `连接已被结束：${why}`,
  room: (room, why) => `无法显示房间 ${room}：${why}`,
  emptyRoom: (room) => `已连接。房间 ${room} 还没有人来过：如果不是新房间，请检查地址里的 room=。`,
};

const example = (min: number, max: number) => (max <= 1 ? '0.8' : max <= 10 ? '1.5' : String(Math.max(min, 24)));

export function textsOf(language: string): Texts {
  return /^zh\b/i.test(language) ? chinese : english;
}
