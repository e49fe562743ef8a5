// Rules, sanctions and word lists: their format in records, and the local copies that every process keeps in sync.

export { FollowedRecord, type RecordReader } from './followed-record.ts';
export { type Entry, type FieldReader, FollowedRecords } from './followed-records.ts';
export { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './record-names.ts';
export { type RuleChange, Rules } from './rules.ts';
export { type WatchMark, watchMark, watchMarksOf } from './watch-key.ts';
export { decodeWordLists, encodeWordList, listOfField, removedWordList } from './word-lists.ts';
