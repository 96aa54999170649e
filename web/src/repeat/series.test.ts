import { expect, it } from 'vitest';
import { repeated, sorted } from './series';

it('says what is left out and what is had at another time, by place', () => {
  const start = '2026-12-07T01:00:00Z';
  expect(repeated('fortnight', 4, new Map([[4, { skip: true }], [2, { start }]] as never))).toEqual({
    every: 'week',
    step: 2,
    count: 4,
    skip: [4],
    shift: [{ place: 2, start }],
  });
});

it('tells apart what needs a word', () => {
  const one = (place: number, possible: boolean, skipped = false) =>
    ({ place, possible, skipped, alternatives: [], reasons: [], local: '' }) as never;
  const { later, open } = sorted([one(1, false), one(2, true), one(3, false), one(4, false, true)]);
  expect(later.map(({ place }) => place)).toEqual([2, 3, 4]);
  expect(open.map(({ place }) => place)).toEqual([3]);
});
