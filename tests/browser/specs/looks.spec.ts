import { expect, test } from '../support/bench';
import { atTwiceTheSize, inBothDirections, inLongWords } from '../support/looks';
import { FULL } from '../support/screens/full';
import { PARTS } from '../support/screens/index';

// The platform's screens need its one administrator: they are looked at where that login is (platform.spec.ts).
for (const part of PARTS) {
  inBothDirections(part);
  inLongWords(part);
  atTwiceTheSize(part);
}

// Shops with much to show.
FULL.forEach(inBothDirections);

test('a missing asset is not the shell', async ({ request }) => {
  const answer = await request.get('/assets/nothing-12345678.js');
  expect(answer.status()).toBe(404);
  expect(answer.headers()['content-type'] ?? '').not.toContain('text/html');
});
