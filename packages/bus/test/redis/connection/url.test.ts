// All supported forms of a Redis URL, and the errors of invalid ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRedisUrl, type RedisTarget } from '../../../src/redis/connection/url.ts';

const single: RedisTarget = { mode: 'single', nodes: [{ host: '127.0.0.1', port: 6379 }], db: 0, tls: false };

for (const [url, target] of [
  ['redis://127.0.0.1', single],
  ['redis://127.0.0.1/', single],
  ['redis://127.0.0.1:6379/0', single],
  ['redis://redis.example:7000/15', { ...single, nodes: [{ host: 'redis.example', port: 7000 }], db: 15 }],
  ['rediss://redis.example:7000', { ...single, nodes: [{ host: 'redis.example', port: 7000 }], tls: true }],
  ['redis://[::1]:7000/1', { ...single, nodes: [{ host: '::1', port: 7000 }], db: 1 }],
  ['redis://:secret@127.0.0.1', { ...single, password: 'secret' }],
  ['redis://ann:s%40c%2Fret%3A@127.0.0.1', { ...single, username: 'ann', password: 's@c/ret:' }],
  ['redis://ann@127.0.0.1', { ...single, username: 'ann' }],
  [
    'redis+sentinel://a:1,b,c:3/main',
    {
      mode: 'sentinel',
      name: 'main',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26379 },
        { host: 'c', port: 3 },
      ],
      db: 0,
      tls: false,
    },
  ],
  ['redis+sentinel://:pw@a:1/main/4', { mode: 'sentinel', name: 'main', nodes: [{ host: 'a', port: 1 }], password: 'pw', db: 4, tls: false }],
  [
    'redis+cluster://a:1,b',
    {
      mode: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 6379 },
      ],
      db: 0,
      tls: false,
    },
  ],
  ['rediss+sentinel://a:1/main', { mode: 'sentinel', name: 'main', nodes: [{ host: 'a', port: 1 }], db: 0, tls: true }],
  ['rediss+cluster://a:1', { mode: 'cluster', nodes: [{ host: 'a', port: 1 }], db: 0, tls: true }],
  ['redis+unix:///run/redis.sock', { mode: 'single', nodes: [], socket: '/run/redis.sock', db: 0, tls: false }],
  [
    'redis+unix://ann:s%3Fcret@/run/my%20redis.sock?db=2',
    { mode: 'single', nodes: [], socket: '/run/my redis.sock', username: 'ann', password: 's?cret', db: 2, tls: false, options: { db: '2' } },
  ],
  ['redis://127.0.0.1?db=3', { ...single, db: 3, options: { db: '3' } }],
  [
    'rediss://127.0.0.1/3?tls_ca=/etc/ca%20file.pem&tls_servername=redis.example',
    { ...single, db: 3, tls: true, options: { tls_ca: '/etc/ca file.pem', tls_servername: 'redis.example' } },
  ],
  [
    'redis+sentinel://a:1/main?sentinel_username=ann&sentinel_password=a%26b=c',
    { mode: 'sentinel', name: 'main', nodes: [{ host: 'a', port: 1 }], db: 0, tls: false, options: { sentinel_username: 'ann', sentinel_password: 'a&b=c' } },
  ],
] as const satisfies readonly (readonly [string, RedisTarget])[]) {
  test(`${url} is parsed`, () => assert.deepEqual(parseRedisUrl(url), target));
}

for (const [url, why] of [
  ['', /must be redis:/],
  ['127.0.0.1:6379', /must be redis:/],
  ['http://127.0.0.1', /must be redis:/],
  ['redis://', /must be redis:/],
  ['redis:127.0.0.1', /must be redis:/],
  ['redis://127.0.0.1:port', /is not host:port/],
  ['redis://127.0.0.1:70000', /is not host:port/],
  ['redis://127.0.0.1:6379/first', /is not a database number/],
  ['redis://a:1,,b:2', /is not host:port/],
  ['redis+sentinel://a:1', /ends with \/NAME/],
  ['redis+sentinel://a:1/', /ends with \/NAME/],
  ['redis+sentinel://a:1/main/x', /is not a database number/],
  ['redis+cluster://a:1/2', /cluster has no database/],
  ['redis://ann:100%@a', /must be percent-encoded/],
  ['redis://ann:p/w@a', /%-encode/],
  ['redis+unix://', /must be redis:/],
  ['redis+unix://redis.sock', /must be redis:/],
  ['rediss+unix:///run/redis.sock', /must be redis:/],
  ['redis+unix:///run/redis.sock?db=x', /"x" is not a database number/],
  ['redis+unix:///run/redis.sock?tls_ca=/ca.pem', /option tls_ca needs an address with TLS/],
  ['rediss+sentinel://a:1', /rediss\+sentinel address ends with \/NAME/],
  ['rediss+cluster://a:1/2', /cluster has no database/],
  ['redis+cluster://a:1?db=2', /cluster has no database/],
  ['redis://a?ssl_cert_reqs=none', /unknown option after "\?"; the options are db, tls_ca, /],
  ['redis://a?tls_ca=/ca.pem', /option tls_ca needs an address with TLS/],
  ['rediss://a?sentinel_password=x', /option sentinel_password needs a redis\+sentinel/],
  ['rediss://a?tls_ca=', /option tls_ca has no value/],
  ['rediss://a?tls_ca=/a&tls_ca=/b', /option tls_ca twice/],
  ['rediss://a?tls_ca=100%', /value of the option tls_ca must be percent-encoded/],
  ['redis://a/1?db=1', /names the database twice/],
] as const) {
  test(`"${url}" is refused with a clear error`, () => assert.throws(() => parseRedisUrl(url), why));
}

test('the error of an invalid URL never contains its password', () => {
  for (const url of [
    'redis://ann:secret@a:70000',
    'ftp://ann:secret@a',
    'redis://ann:secret@a/db',
    'redis+sentinel://ann:secret@a',
    'redis://ann:secret@',
    'redis://ann:sec@ret@a',
    'redis://ann:sec/secret@a',
    'redis://ann:%secret@a',
    'redis://ann:p/a?secret@a',
    'redis+sentinel://a/main?sentinel_password=%secret',
    'redis+sentinel://a/main?sentinel_password=x&secret',
    'redis+unix://ann:a/secret@/run/redis.sock?db=x',
  ]) {
    assert.throws(
      () => parseRedisUrl(url),
      (error: Error) => !/secret|sec@ret|ret@/.test(error.message),
      url,
    );
  }
});
