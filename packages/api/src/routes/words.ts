// Word lists: replaced, read and removed as a whole. Edges apply a change within a second.
import { limits, type WordList } from '@danmux/protocol';
import { type WordListSummary, wordListReply, wordListRequest, wordListSummary, wordListsReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import type { TypedApp } from '../http/validation.ts';
import { readWordLists, removeWordList, unknownList, writeWordList } from '../moderation/word-lists.ts';
import type { Services } from '../services.ts';
import { bodyCodes, documented, success, withExamples } from './documented.ts';

const params = Type.Object({ list: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$', description: "The list's name", examples: ['ads'] }) });
const example = { name: 'ads', action: 'hold', count: 2, rooms: ['live:*'] };
const missing = documented(['invalid_request', 'not_found', 'unavailable']);

const allSchema = {
  summary: 'The word lists',
  description: 'What each does, where, and how many words it has.',
  tags: ['moderation'],
  response: { 200: success(wordListsReply, 'By name, without their words', { lists: [example] }), ...documented(['unavailable']) },
};
const oneSchema = {
  summary: 'A word list',
  description: 'What it does, where, and all its words.',
  tags: ['moderation'],
  params,
  response: { 200: success(wordListReply, 'With its words', { name: 'ads', action: 'hold', words: ['加微信', '代练'], rooms: ['live:*'] }), ...missing },
};
const putSchema = {
  summary: 'Put a word list',
  description: `Replaces the list whole, on every edge within a second. There are ${limits.wordLists} lists at most (\`conflict\`), of ${limits.words} words each.`,
  tags: ['moderation'],
  params,
  body: withExamples(wordListRequest, { 'held for review': { action: 'hold', words: ['加微信', '代练'], rooms: ['live:*'] } }),
  response: { 200: success(wordListSummary, 'Stored', example), ...documented([...bodyCodes, 'conflict']) },
};
const removeSchema = {
  summary: 'Remove a word list',
  description: 'From within a second no message is judged by it.',
  tags: ['moderation'],
  params,
  response: { 200: success(wordListSummary, 'What was removed', example), ...missing },
};

export function addWordRoutes(app: TypedApp, services: Services): void {
  app.get('/v1/words', { schema: allSchema, config: { scope: 'read' } }, async () => ({
    lists: [...(await readWordLists(services))].map(([name, list]) => summaryOf(name, list)),
  }));

  app.get('/v1/words/:list', { schema: oneSchema, config: { scope: 'read' } }, async ({ params: { list: name } }) => {
    const list = await find(services, name);
    return { name, action: list.action, words: [...list.words], ...roomsOf(list) };
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
  return { name, action: list.action, count: list.words.length, ...roomsOf(list) };
}

const roomsOf = ({ rooms }: WordList) => (rooms === undefined ? {} : { rooms: [...rooms] });
