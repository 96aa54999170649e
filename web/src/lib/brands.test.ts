import { expect, it } from 'vitest';
import { brandOf } from './brands';

it.each([
  ['visa', 'Visa'],
  ['amex', 'American Express'],
  ['unknown', undefined],
  ['toString', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('%s is %s', (brand, name) => {
  expect(brandOf(brand)).toBe(name);
});
