// Offers of permessage-deflate and their answers, by what the libraries of several languages send, and broken ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseOffer, deflateHeader } from '../../src/door/deflate-offer.ts';

const answer = (header: string) => {
  const params = chooseOffer(header);
  return params && deflateHeader(params);
};
const both = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

test('the answer has only parameters of the offer', () => {
  const cases: [client: string, offer: string, answer: string][] = [
    ['Netty', 'permessage-deflate;client_max_window_bits', 'permessage-deflate'],
    ['Jetty', 'permessage-deflate', 'permessage-deflate'],
    ['Chromium, aiohttp', 'permessage-deflate; client_max_window_bits', 'permessage-deflate'],
    ['websockets', 'permessage-deflate; server_max_window_bits=12; client_max_window_bits=12', 'permessage-deflate; server_max_window_bits=12'],
    ['gorilla', both, both],
    ['the server only', 'permessage-deflate; server_no_context_takeover', 'permessage-deflate; server_no_context_takeover'],
    ['the client only', 'permessage-deflate; client_no_context_takeover', 'permessage-deflate; client_no_context_takeover'],
    ['a quoted number', 'permessage-deflate; server_max_window_bits="10"', 'permessage-deflate; server_max_window_bits=10'],
  ];
  for (const [client, offer, expected] of cases) assert.equal(answer(offer), expected, client);
});

test('a broken or unknown offer has no answer', () => {
  const offers = [
    ...['', 'permessage-deflate;', 'permessage-deflate; foo', 'permessage-deflate; server_max_window_bits', 'permessage-deflate; client_max_window_bits=7'],
    ...['permessage-deflate; server_max_window_bits=16', 'permessage-deflate; server_max_window_bits=010', 'permessage-deflate; constructor'],
    ...['permessage-deflate; client_no_context_takeover=1', 'permessage-deflate; client_no_context_takeover; client_no_context_takeover'],
    ...['x-webkit-deflate-frame', 'permessage-bzip2', ';;;', 'permessage-deflate; client_max_window_bits="10', ',,,'],
  ];
  for (const offer of offers) assert.equal(answer(offer), undefined, offer);
});

test('the next good offer of a list is taken', () => {
  assert.equal(answer('permessage-deflate; foo, permessage-deflate; client_max_window_bits=99, permessage-deflate'), 'permessage-deflate');
  assert.equal(
    answer('permessage-bzip2; level="1,2", permessage-deflate; server_no_context_takeover, permessage-deflate'),
    deflateHeader({ server_no_context_takeover: true }),
  );
});
