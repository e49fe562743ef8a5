// Merging edges: distinct users are exact while every user is listed, and within the documented error when they are estimated.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audienceOf, type EdgeShare, withMember } from '../../src/audience/audience.ts';
import { listMembers } from '../../src/audience/member-list.ts';
import { usersOf } from '../conformance/presence-audience-cases.ts';

const cap = 200;
function shareOf(ids: readonly string[]): EdgeShare {
  const users = usersOf(ids.map((id, index) => ({ id, level: index % 50 })));
  return { online: ids.length, users: users.size, list: listMembers(users, cap).text };
}

/** `total` users spread over the edges, `twice` of them on a second edge too. Deterministic. */
function spread(total: number, edges: number, twice: number, salt: number): { shares: EdgeShare[]; online: number } {
  const perEdge = Array.from({ length: edges }, (): string[] => []);
  for (let i = 0; i < total; i++) {
    perEdge[i % edges]?.push(`u${salt}-${i}`);
    if (i < twice) perEdge[(i + 1) % edges]?.push(`u${salt}-${i}`);
  }
  return { shares: perEdge.map(shareOf), online: total + twice };
}

test('10,000 users on 5 edges, a tenth of them on two: within 2 % on average, never off by 6 %', () => {
  const errors = Array.from({ length: 20 }, (_, salt) => {
    const { shares, online } = spread(10_000, 5, 1_000, salt);
    const audience = audienceOf(shares);
    assert.deepEqual([audience.online, audience.complete], [online, false]);
    assert.ok(audience.members.length <= 5 * cap);
    return Math.abs(audience.users - 10_000) / 10_000;
  });
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  assert.ok(mean < 0.02, `${mean} on average`);
  assert.ok(Math.max(...errors) < 0.06, `${Math.max(...errors)} at worst`);
});

test('the worst case, half of the users on two edges: within the stated standard error of 0.5/√D', () => {
  const squares = Array.from({ length: 20 }, (_, salt) => ((audienceOf(spread(10_000, 5, 5_000, salt).shares).users - 10_000) / 10_000) ** 2);
  const standard = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  assert.ok(standard < 0.5 / Math.sqrt(100), `${standard}`);
});

test('with no user on two edges the estimate is exact', () => {
  assert.equal(audienceOf(spread(10_000, 5, 0, 1).shares).users, 10_000);
});

test('with every user on every edge the estimate is within 10 %, also for edges of different size', () => {
  const ids = Array.from({ length: 5_000 }, (_, index) => `v${index}`);
  const { users } = audienceOf([shareOf(ids), shareOf(ids), shareOf(ids.slice(0, 100))]);
  assert.ok(Math.abs(users - 5_000) < 500, `${users}`);
});

test('up to the cap the count is exact for any overlap', () => {
  const ids = Array.from({ length: 200 }, (_, index) => `v${index}`);
  const audience = audienceOf([shareOf(ids), shareOf(ids), shareOf(ids.slice(50)), shareOf(['other'])]);
  assert.deepEqual([audience.online, audience.users, audience.members.length, audience.complete], [551, 201, 201, true]);
});

test('with a large and a small edge, users of the small one count, and users of both count once', () => {
  const large = Array.from({ length: 3_000 }, (_, index) => `v${index}`);
  const { users, complete } = audienceOf([shareOf(large), shareOf(Array.from({ length: 150 }, (_, index) => `w${index}`))]);
  assert.deepEqual([users, complete], [3_150, false]);
});

test('an edge without a list counts with its reported users, or else its connections', () => {
  const one = shareOf(['a', 'b']);
  assert.deepEqual(audienceOf([one, { online: 9, users: 4 }]), { online: 11, users: 6, members: audienceOf([one]).members, complete: false });
  assert.equal(audienceOf([one, { online: 9 }]).users, 11);
  assert.deepEqual(audienceOf([{ online: 9 }]), { online: 9, users: 9, members: [], complete: false });
});

test('withMember adds a new viewer to a complete list once, in rank order', () => {
  const audience = audienceOf([shareOf(['a', 'c'])]);
  const joined = withMember(audience, { id: 'b', level: 1 });
  assert.deepEqual([joined.online, joined.users, joined.members.map(({ id }) => id)], [3, 3, ['b', 'c', 'a']]);
  assert.equal(withMember(joined, { id: 'b', level: 7 }), joined, 'it is there already');
  assert.equal(audience.members.length, 2, 'the shared one is as it was');
  const sampled = audienceOf(spread(1_000, 1, 0, 0).shares);
  assert.equal(withMember(sampled, { id: 'new' }), sampled, 'a sample is chosen by its edge');
});
