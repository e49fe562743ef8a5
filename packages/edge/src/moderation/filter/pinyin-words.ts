// Adds the pinyin of Chinese words to a word list, so that the list also finds words that a sender writes in Latin letters. Words without a
// Chinese character get no pinyin.
import { pinyin } from 'pinyin-pro';

const isHan = /\p{Script=Han}/u;

/** Yields the words, and each Chinese one as syllables without tones: 敏感词 as `min gan ci`, 绿 as `lv` and `lu`. */
export function* withPinyin(words: readonly string[]): Generator<string> {
  for (const word of words) {
    yield word;
    if (!isHan.test(word)) continue;
    const syllables = pinyin(word, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).join(' ');
    yield syllables;
    if (syllables.includes('v')) yield syllables.replaceAll('v', 'u');
  }
}
