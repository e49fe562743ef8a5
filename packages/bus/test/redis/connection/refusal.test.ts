// Classification of Redis errors as refusals, with the texts of Redis 6.2 to 8, and the errors that callers get.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyError } from 'ioredis';
import { busError } from '../../../src/redis/connection/error.ts';
import { isPassing, refusalOf } from '../../../src/redis/connection/refusal.ts';

const refused: readonly (readonly [text: string, code: string, inner?: string])[] = [
  ["NOPERM this user has no permissions to run the 'evalsha' command or its subcommand", 'NOPERM'],
  ['NOPERM No permissions to access a key', 'NOPERM'],
  ["NOPERM User app has no permissions to access the 'danmux:{s1}:frames:secret' channel", 'NOPERM'],
  ["ERR ACL failure in script: User app has no permissions to run the 'xadd' command script: 1a, on @user_script:24.", 'NOPERM', 'xadd'],
  ["ERR The user executing the script can't run this command or subcommand script: 1a, on @user_script:24.", 'NOPERM'],
  ["ERR The user executing the script can't publish to the channel mentioned in the command script: 1a, on @user_script:24.", 'NOPERM'],
  ["ERR Error running script (call to f_1a): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 1a, on @user_script:24.", 'OOM'],
  ["ERR Error running script (call to f_1a): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.", 'READONLY'],
  ["READONLY You can't write against a read only replica.", 'READONLY'],
  ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.', 'MISCONF'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS'],
  ['ERR invalid password', 'WRONGPASS'],
  ['NOAUTH HELLO must be called with the client already authenticated', 'NOAUTH'],
  ['ERR DB index is out of range', 'NODB'],
  ['LOADING Redis is loading the dataset in memory', 'LOADING'],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'MASTERDOWN'],
  ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN'],
  ['ERR max number of clients reached', 'MAXCLIENTS'],
  ["ERR unknown command 'CONFIG', with args beginning with: 'GET' 'maxmemory'", 'UNKNOWN'],
];

test('each refusal is recognised by its code, also inside a script, with the command', () => {
  for (const [text, code, inner] of refused) assert.deepEqual(refusalOf(new ReplyError(text)), inner ? { code, inner } : { code }, text);
});

test('a refusal gives `unavailable`, not `internal`', () => {
  for (const [text] of refused) assert.equal(busError(new ReplyError(text)).code, 'unavailable', text);
});

test('other errors are not refusals', () => {
  const others = [
    'NOSCRIPT No matching script. Please use EVAL.',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'BUSYGROUP Consumer Group name already exists',
    'MOVED 1 127.0.0.1:7000',
    'Command timed out',
    'Connection is closed.',
  ];
  for (const text of others) assert.equal(refusalOf(new Error(text)), undefined, text);
  assert.equal(refusalOf('NOPERM'), undefined);
});

test('missing permissions are permanent; a full or loading server is temporary', () => {
  assert.deepEqual([isPassing('NOPERM'), isPassing('NODB'), isPassing('OOM'), isPassing('READONLY'), isPassing('WRONGPASS')], [false, false, true, true, true]);
});
