import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { caught, filterOf, masked, masking } from './filtered.ts';

describe('words that are found', () => {
  const filter = masking('敏感词', 'fuck', 'straße', 'カード', 'café', '加v信', '12345678', 'שלום', 'กิน');

  for (const [text, shown] of [
    ['这是敏感词吗', '这是***吗'],
    ['敏 感-词', '* *-*'],
    ['敏\u200b感\u0301\u2060词!', '*\u200b*\u2060*!'],
    ['f.u.c.k', '*.*.*.*'],
    ['ｆＵｃＫ off', '**** off'],
    ['F\u0336U\u0336C\u0336K\u0336', '****'],
    ['f\tu\nc\u00a0k', '*\t*\n*\u00a0*'],
    ['𝐟𝓾𝕔𝗸 you', '**** you'],
    ['STRASSE', '*******'],
    ['ｶｰﾄﾞ', '***'],
    ['CAFÉ cafe cafe\u0301', '**** **** ****'],
    ['请加V信我', '请***我'],
    ['加 ⓥ 信', '* * *'],
    ['QQ:1234-5678', 'QQ:****-****'],
    ['敏็感็词', '***'],
    ['กิน', '**'],
    ['\u{1f468}\u200d\u{1f469}fuck', '\u{1f468}\u200d\u{1f469}****'],
  ] as const)
    test(`${JSON.stringify(text)} becomes ${JSON.stringify(shown)}`, () => assert.equal(masked(filter, text), shown));

  for (const text of ['敏感', '词感敏', 'fudge', 'firetruck fucks', 'กาน', '123456789', 'f u c', '加信', ''])
    test(`${JSON.stringify(text)} holds no word`, () => assert.equal(masked(filter, text), text));
});

describe('a word of Latin letters or digits alone', () => {
  const filter = masking('ass', 'shit', '13');

  for (const text of ['class', 'assert', 'cl\u200bass', 'ｃlass', 'łass', 'as she', "that's hit", '2013', '131', 'as s', 'a ss'])
    test(`is not found in ${JSON.stringify(text)}`, () => assert.equal(caught(filter, text), false));

  for (const text of ['ass', 'a s s', 'kick a.s.s!', '你ass吗', 'ass1', "'shit'", '_ass_', "ass's", 'x13'])
    test(`is found in ${JSON.stringify(text)}`, () => assert.equal(caught(filter, text), true));
});

describe('a word across blanks', () => {
  const filter = masking('penis', 'two words', 'привет', '敏感词', '12345678', '加v信', 'ελλάς');

  for (const [text, shown] of [
    ['p e n i s', '* * * * *'],
    ['p\u3000e\tn\ni\u00a0s!', '*\u3000*\t*\n*\u00a0*!'],
    ['ｐ Ｅ ｎ ｉ ｓ', '* * * * *'],
    ['p. e. n. i. s', '*. *. *. *. *'],
    ['pe.n-is', '**.*-**'],
    ['two words', '*** *****'],
    ['twowords', '********'],
    ['t w o w o r d s', '* * * * * * * *'],
    ['п р и в е т', '* * * * * *'],
    ['敏感 词', '** *'],
    ['1234 5678', '**** ****'],
    ['加 v信', '* **'],
  ] as const)
    test(`is found in ${JSON.stringify(text)}`, () => assert.equal(masked(filter, text), shown));

  for (const text of ['my pen is broken', 'pen is', 'p en is', 'p e n is', 'ｐｅｎ　ｉｓ', 'при вет', 'ελ λάς', 'tw owords', 'two w ords', 'р e n i s'])
    test(`is not found in ${JSON.stringify(text)}`, () => assert.equal(caught(filter, text), false));
});

describe('traditional and simplified forms', () => {
  test('match each other, in words and in texts, also the forms of Taiwan and Hong Kong', () => {
    for (const [word, text] of [
      ['敏感词', '敏感詞'],
      ['敏感詞', '敏感词'],
      ['头发', '頭髮'],
      ['头发', '頭髪'.replace('髪', '髮')],
      ['发财', '發財'],
      ['卫生', '衞生'],
      ['里面', '裡面'],
      ['裏面', '裡面'],
    ] as const)
      assert.equal(masked(masking(word), `x${text}y`), 'x**'.padEnd(1 + [...text].length, '*').concat('y'), `${word} in ${text}`);
  });

  test('other characters stay different', () => {
    for (const text of ['敏感辞', '頭法', '衛']) assert.equal(caught(masking('敏感词', '头发', '喂'), text), false, text);
  });
});

describe('a list with pinyin', () => {
  const filter = filterOf({ ads: { action: 'mask', words: ['敏感词', '绿帽', 'plain'], pinyin: true }, other: { action: 'mask', words: ['好人'] } });

  for (const [text, shown] of [
    ['minganci', '********'],
    ['Min Gan Ci!', '*** *** **!'],
    ['m i n g a n c i', '* * * * * * * *'],
    ['lvmao lumao lǜ mào', '***** ***** ** ***'],
    ['敏感詞', '***'],
    ['plain', '*****'],
  ] as const)
    test(`is found in ${JSON.stringify(text)}`, () => assert.equal(masked(filter, text), shown));

  for (const text of ['mingancidi', 'min ganci x'.replace('min ganci', 'mi nganci'), 'haoren', 'min感词'])
    test(`is not found in ${JSON.stringify(text)}`, () => assert.equal(caught(filter, text), false));
});

describe('a word with symbols', () => {
  const filter = masking('+v', 'c++', '🖕', 'f*ck', '⭐⭐⭐');

  for (const [text, shown] of [
    ['＋Ｖ我', '**我'],
    ['I know c + +', 'I know * * *'],
    ['see 🖕🏽!', 'see *!'],
    ['f*ck, f-c-k', '****, *-*-*'],
    ['⭐ ⭐⭐', '* **'],
  ] as const)
    test(`is found in ${JSON.stringify(text)}`, () => assert.equal(masked(filter, text), shown));

  for (const text of ['v', 'c', 'c+', '⭐⭐']) test(`is not found in ${JSON.stringify(text)}`, () => assert.equal(caught(filter, text), false));
});

test('a word of blanks, marks or nothing is none', () => {
  const filter = masking('', ' ', '\u200b', '\u0301');
  assert.equal(filter.size, 0);
  assert.equal(caught(filter, 'a \u200b\u0301'), false);
});

test('a Hangul syllable is not found in another, and is found when it is written sound by sound', () => {
  const filter = masking('가');
  assert.equal(masked(filter, '가각'), '*각');
  assert.equal(masked(filter, '\u1100\u1161'), '*');
  assert.equal(caught(filter, '\u1100\u1161\u11a8'), false);
});

test('words in words, and words over each other, are all hidden', () => {
  const filter = masking('abcd', '坏人', '人民', '大坏人民');
  assert.equal(masked(filter, '坏人民 大坏人民币'), '*** ****币');
});

describe('several lists', () => {
  const lists = {
    mild: { action: 'mask', words: ['one', 'two', 'three', 'four'] },
    quiet: { action: 'shadow', words: ['two'] },
    asked: { action: 'hold', words: ['three', 'two words'] },
    never: { action: 'block', words: ['four'] },
    there: { action: 'block', words: ['five'], rooms: ['live:2', 'vip:*'] },
  } as const;
  const filter = filterOf(lists);

  test('the strictest of those that hold a word decides', () => {
    const actions = ['zero', 'one', 'one two', 'two three', 'three four', 'two words'].map((text) => filter.judge('live:1', { text }).action);
    assert.deepEqual(actions, ['pass', 'mask', 'shadow', 'hold', 'block', 'hold']);
  });

  test('the one that decided is named, and words of mask lists are hidden besides', () => {
    assert.deepEqual(filter.judge('live:1', ['two words', 'one']), { action: 'hold', list: 'asked', data: ['*** words', '***'] });
  });

  test('a list of other rooms is not in force', () => {
    assert.deepEqual(
      ['live:1', 'live:2', 'live:22', 'vip:7', 'vip'].map((room) => filter.judge(room, 'five').action),
      ['pass', 'block', 'pass', 'block', 'pass'],
    );
  });

  test('a word counts once in however many lists', () => assert.equal(filter.size, 6));
});

describe('data of any form', () => {
  const filter = masking('bad');

  test('all strings are looked at, keys are not', () => {
    const data = { text: 'bad', bad: 1, list: ['ok', { deep: 'so bad' }, null, 4.5, true] };
    assert.deepEqual(filter.judge('r', data).data, { text: '***', bad: 1, list: ['ok', { deep: 'so ***' }, null, 4.5, true] });
    assert.equal(data.text, 'bad', 'the message that came in is as it was');
  });

  test('a field named __proto__ stays a field', () => {
    const data = JSON.parse('{"__proto__": {"text": "bad"}, "constructor": "bad"}') as object;
    assert.equal(JSON.stringify(filter.judge('r', data).data), '{"__proto__":{"text":"***"},"constructor":"***"}');
  });

  test('it may nest deeper than the stack', () => {
    let data: unknown = 'bad';
    for (let depth = 0; depth < 100_000; depth++) data = [data];
    const finding = filter.judge('r', data);
    let inner = finding.data;
    while (Array.isArray(inner)) inner = inner[0];
    assert.equal(inner, '***');
  });

  test('no JSON makes it throw', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (data) => {
        const before = JSON.stringify(data);
        const { action, data: after } = filter.judge('r', data);
        assert.equal(JSON.stringify(data), before);
        if (action === 'pass') assert.equal(after, data);
      }),
    );
  });
});

const isHan = /^[\p{Script=Han}\p{Script=Hiragana}]+$/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const graphemesOf = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);

describe('properties', () => {
  const words = ['敏感词', 'fuck', 'zß9', '加v信', 'привет', 'ありがとう', 'ελλάς'];
  const filter = masking(...words);
  const between = fc.array(
    fc.constantFrom(
      ' ',
      '\u3000',
      '\t',
      '\u200b',
      '\u200d',
      '\ufe0f',
      '\u2060',
      '\u00ad',
      '\u0301',
      '\u0336',
      '็',
      '.',
      '-',
      '*',
      '_',
      '，',
      '~',
      '❤',
      '\u0007',
      '\u{e0061}',
    ),
    { maxLength: 4 },
  );
  const variant = (character: string) =>
    fc.constantFrom(character, upper(character), character.toLowerCase(), wide(character), wide(upper(character)), character.normalize('NFD'));
  const disguised = fc
    .constantFrom(...words)
    .chain((word) =>
      // Blanks between some letters of a word of Latin, Cyrillic or Greek letters make it two words; between all, it is spelled.
      fc.boolean().chain((spelled) =>
        fc.tuple(
          ...[...word].map((character) =>
            fc.tuple(
              variant(character),
              between.map((parts) => `${spelled ? ' ' : ''}${(spelled || isHan.test(word) ? parts : parts.filter((part) => !/\s/.test(part))).join('')}`),
            ),
          ),
        ),
      ),
    )
    .map((parts) => parts.flat().join(''));

  test('a word in any width and case, with anything that is no letter between, is found', () => {
    fc.assert(
      fc.property(disguised, fc.constantFrom('', ' ', '好', '!'), (text, around) => {
        assert.ok(caught(filter, `${around}${text}${around}`), JSON.stringify(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('masking changes no character but into *, and not how many there are', () => {
    const pieces = fc.oneof(disguised, fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const text = parts.join('');
        const before = graphemesOf(text);
        const after = graphemesOf(masked(filter, text) as string);
        assert.equal(after.length, before.length);
        for (const [at, one] of after.entries())
          assert.ok(one === before[at] || one === '*' || one.endsWith('*'), `${JSON.stringify(before[at])} became ${JSON.stringify(one)}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a masked text has no listed word', () => {
    fc.assert(
      fc.property(fc.array(disguised, { maxLength: 3 }), (parts) => {
        assert.equal(caught(filter, masked(filter, parts.join('|')) as string), false);
      }),
    );
  });

  test('every word is found where a search by hand finds it', () => {
    const letters = fc.string({ unit: fc.constantFrom('甲', '乙', '丙'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 8 }), fc.string({ unit: fc.constantFrom('甲', '乙', '丙'), maxLength: 30 }), (list, text) => {
        const hidden = [...text].map(() => false);
        for (const word of list) for (let at = 0; at + word.length <= text.length; at++) if (text.startsWith(word, at)) hidden.fill(true, at, at + word.length);
        assert.equal(masked(masking(...list), text), [...text].map((character, at) => (hidden[at] ? '*' : character)).join(''));
      }),
    );
  });
});

/** Not of ß, which becomes two letters: blanks around a pair make it a piece of two. */
function upper(character: string): string {
  const changed = character.toUpperCase();
  return changed.length === 1 ? changed : character;
}

function wide(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return character.length === 1 && code > 0x20 && code < 0x7f ? String.fromCharCode(code + 0xfee0) : character;
}
