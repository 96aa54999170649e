import { expect, it } from 'vitest';
import { mended, unsettled } from './series';

it('says what is left out and what is had at another time, by place', () => {
  const start = '2026-12-07T01:00:00Z';
  expect(mended(new Map([[4, { skip: true as const }], [2, { start }], [3, { skip: true as const }]] as never))).toEqual({
    skip: [3, 4],
    shift: [{ place: 2, start }],
  });
});

it('tells apart what needs a word', () => {
  const one = (place: number, possible: boolean, skipped = false) => ({ place, possible, skipped });
  expect(unsettled([one(1, false), one(2, true), one(4, false, true)])).toEqual([one(1, false)]);
});
