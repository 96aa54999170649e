import { expect, it } from 'vitest';
import { moreOf } from './more';

it.each([
  [false, 5000, undefined],
  [true, 5000, 'rest'],
  [true, 0, 'tip'],
] as const)('with %s and %d open, one can pay: %s', (may_pay_all, open_minor, more) => {
  expect(moreOf({ may_pay_all, open_minor })).toBe(more);
});
