import { expect, it } from 'vitest';
import { around } from './risk';

it.each([
  [1, 'regular', undefined],
  [8, 'regular', undefined],
  [9, 'first', 'regular'],
  [10, 'first', 'regular'],
  [11, 'half', 'first'],
  [50, 'both', 'only'],
  [90, 'thrown', 'both'],
  [91, undefined, 'thrown'],
  [100, undefined, 'thrown'],
])('from %i points on: %s is asked, %s is not', (from, asked, spared) => {
  expect(around(from)).toEqual({ ...(asked && { asked }), ...(spared && { spared }) });
});
