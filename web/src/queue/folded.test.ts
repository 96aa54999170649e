import { expect, it } from 'vitest';
import { folded } from './folded';

const menu = (length: number) => Array.from({ length }, (_, at) => ({ id: String(at) }));

it.each([
  [3, [], 3],
  [8, [], 8],
  [9, [], 6],
  [40, ['2', '30', '39'], 8],
])('of %i services with %o chosen, %i are shown', (length, chosen, shown) => {
  expect(folded(menu(length), chosen)).toHaveLength(shown);
});
