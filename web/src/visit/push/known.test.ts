import { expect, it } from 'vitest';
import { bytesOf, comes, read, sameKey, withShop } from './known';

const LAGOON = { id: 'psh_1', endpoint: 'https://push.example/1' };

it.each([
  [LAGOON, LAGOON.endpoint, 'push', true],
  // The browser has another address by now, or none.
  [LAGOON, 'https://push.example/2', 'push', false],
  [LAGOON, undefined, 'push', false],
  [undefined, LAGOON.endpoint, 'push', false],
  [undefined, undefined, 'push', false],
  // Mail was chosen since, here or elsewhere.
  [LAGOON, LAGOON.endpoint, 'email', false],
  [LAGOON, LAGOON.endpoint, null, false],
] as const)('notes come here: %j, %s, %s: %s', (known, endpoint, channel, is) => {
  expect(comes(known, endpoint, { channel, channels: ['email', 'push'], wanted: true })).toBe(is);
});

it('keeps what each shop calls this browser', () => {
  const both = withShop(withShop({}, 'lagoon', LAGOON), 'six-chairs', { ...LAGOON, id: 'psh_2' });
  expect(Object.keys(both)).toEqual(['lagoon', 'six-chairs']);
  expect(withShop(both, 'six-chairs', null)).toEqual({ lagoon: LAGOON });
  expect(read(JSON.stringify(both))).toEqual(both);
  for (const nothing of [null, 'x', 'null', '7']) expect(read(nothing)).toEqual({});
});

it('reads keys', () => {
  expect([...bytesOf('-_8A')]).toEqual([251, 255, 0]);
  expect(sameKey(bytesOf('-_8A').buffer, bytesOf('-_8A'))).toBe(true);
  expect(sameKey(bytesOf('-_8B').buffer, bytesOf('-_8A'))).toBe(false);
  expect(sameKey(null, bytesOf('-_8A'))).toBe(false);
});
