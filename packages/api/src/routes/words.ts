// Reads, replaces and removes word lists, each as a whole. Edges apply a change within a second.
import { limits, type WordList } from '@danmux/protocol';
import { type WordListSummary, wordListReply, wordListRequest, wordListSummary, wordListsReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import type { TypedApp } from '../http/validation.ts';
import { readWordLists, removeWordList, unknownList, writeWordList } from '../moderation/word-lists.ts';
import type { Services } from '../services.ts';
import { bodyCodes, documented, success, withExamples } from './documented.ts';

const params = Type.Object({ list: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$', description: 'Name of the list', examples: ['ads'] }) });
const example = { name: 'ads', action: 'hold', count: 2, rooms: ['live:*'] };
const missing = documented(['invalid_request', 'not_found', 'unavailable']);

const allSchema = {
  summary: 'List word lists',
  description: 'Action, rooms and number of words of each list.',
  tags: ['moderation'],
  response: { 200: success(wordListsReply, 'All lists, by name, without their words', { lists: [example] }), ...documented(['unavailable']) },
};
const oneSchema = {
  summary: 'Get a word list',
  description: 'Action, rooms and words of the list.',
  tags: ['moderation'],
  params,
  response: {
    200: success(wordListReply, 'The list with its words', { name: 'ads', action: 'hold', words: ['加微信', '代练'], rooms: ['live:*'] }),
    ...missing,
  },
};
const putSchema = {
  summary: 'Create or replace a word list',
  description: `Every edge applies the new list within a second. At most ${limits.wordLists} lists (one more is a \`conflict\`) with at most ${limits.words} words each.`,
  tags: ['moderation'],
  params,
  body: withExamples(wordListRequest, { 'held for review': { action: 'hold', words: ['加微信', '代练'], rooms: ['live:*'] } }),
  response: { 200: success(wordListSummary, 'Stored', example), ...documented([...bodyCodes, 'conflict']) },
};
const removeSchema = {
  summary: 'Remove a word list',
  description: 'Edges stop applying the list within a second.',
  tags: ['moderation'],
  params,
  response: { 200: success(wordListSummary, 'The removed list', example), ...missing },
};

export function addWordRoutes(app: TypedApp, services: Services): void {
  app.get('/v1/words', { schema: allSchema, config: { scope: 'read' } }, async () => ({
    lists: [...(await readWordLists(services))].map(([name, list]) => summaryOf(name, list)),
  }));

  app.get('/v1/words/:list', { schema: oneSchema, config: { scope: 'read' } }, async ({ params: { list: name } }) => {
    const list = await find(services, name);
    return { name, action: list.action, words: [...list.words], ...optionsOf(list) };
  });

  const put = { schema: putSchema, config: { scope: 'moderate' }, bodyLimit: limits.wordsBody } as const;
  app.put('/v1/words/:list', put, async ({ params: { list: name }, body }) => {
    await writeWordList(services, name, body);
    return summaryOf(name, body);
  });

  app.delete('/v1/words/:list', { schema: removeSchema, config: { scope: 'moderate' } }, async ({ params: { list: name } }) => {
    const list = await find(services, name);
    await removeWordList(services, name);
    return summaryOf(name, list);
  });
}

async function find(services: Services, name: string): Promise<WordList> {
  const list = (await readWordLists(services)).get(name);
  if (!list) throw unknownList(name);
  return list;
}

function summaryOf(name: string, list: WordList): WordListSummary {
  return { name, action: list.action, count: list.words.length, ...optionsOf(list) };
}

const optionsOf = ({ rooms, pinyin }: WordList) => ({ ...(rooms === undefined ? {} : { rooms: [...rooms] }), ...(pinyin === undefined ? {} : { pinyin }) });
