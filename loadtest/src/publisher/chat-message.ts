// Makes the messages of the load test: gifts, and danmaku of an exact size, 150 bytes by default. The size is that of the JSON, which
// includes id, lane and time. Texts vary like real ones, so that they do not compress too well.
import { newId } from '@danmux/runtime';
import { writeStamp } from '../stamp.ts';

export interface LoadMessage {
  readonly room: string;
  readonly lane: 'chat' | 'gift';
  readonly type: 'chat' | 'gift';
  readonly from: { readonly id: string };
  readonly data: { readonly n: string; readonly text?: string; readonly gift?: string; readonly combo_id?: string; readonly count?: number };
  readonly sentAt: number;
}

/** A message as the viewers of a peer receive it; danmux adds an offset. */
export interface PeerMessage {
  readonly lane: string;
  readonly id: string;
  readonly type: string;
  readonly from: { readonly id: string };
  readonly data: LoadMessage['data'];
  readonly ts: number;
}

export const chatBytes = 150;

const words = (
  '主播 666 哈哈哈 来了来了 好听 再来一首 这波 可以 太强了 笑死 前面的 别走 关注了 晚上好 第一次来 什么情况 ' +
  '求歌名 加油 牛 啊啊啊 泪目 名场面 下次一定 冲冲冲 好耶 不愧是你 openning go nice gg lol wow'
).split(' ');

const pick = <T>(all: readonly T[], fallback: T): T => all[Math.floor(Math.random() * all.length)] ?? fallback;

export function chatMessage(room: string, number: number, sentAt: number, bytes = chatBytes): LoadMessage {
  const from = { id: `u${Math.floor(Math.random() * 9_000) + 1_000}` };
  const n = writeStamp({ number, sentAt });
  const empty = { room, lane: 'chat', type: 'chat', from, data: { n, text: '' }, sentAt } as const;
  return { ...empty, data: { n, text: textOf(bytes - Buffer.byteLength(JSON.stringify(peerMessage(empty)))) } };
}

/** Makes a gift without a combo id: the relay merges gifts of one combo, and the load test counts every gift. */
export function giftMessage(room: string, number: number, sentAt: number): LoadMessage {
  return {
    room,
    lane: 'gift',
    type: 'gift',
    from: { id: `u${Math.floor(Math.random() * 90) + 10}` },
    data: { n: writeStamp({ number, sentAt }), gift: 'rocket', count: 1 },
    sentAt,
  };
}

export function peerMessage({ lane, type, from, data, sentAt }: LoadMessage): PeerMessage {
  return { lane, id: newId(sentAt), type, from, data, ts: sentAt };
}

/** Random words of exactly `bytes` bytes, padded with letters at the end. */
function textOf(bytes: number): string {
  let text = '';
  let left = Math.max(0, bytes);
  while (left > 0) {
    const word = pick(words, '6');
    const size = Buffer.byteLength(word);
    if (size > left) break;
    text += word;
    left -= size;
  }
  for (; left > 0; left--) text += pick(['a', '6', '!', 'h', '2', '3', 'w', 'x'], '6');
  return text;
}
