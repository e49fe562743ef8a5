// Rules, sanctions and word lists: how they stand in records, and how every process keeps a current copy of them.
export { FollowedRecord, type RecordReader } from './followed-record.ts';
export { type Entry, type FieldReader, FollowedRecords } from './followed-records.ts';
export { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './record-names.ts';
export { type RuleChange, Rules } from './rules.ts';
export { decodeWordLists, encodeWordList, listOfField, removedWordList } from './word-lists.ts';
