import { expect, it } from 'vitest';
import { shifted } from './order';
import { instant, wall, wholeDays } from './zoned';

it.each([
  ['2026-03-28', 0, 'Europe/Vienna', '2026-03-27T23:00:00.000Z'],
  ['2026-03-29', 180, 'Europe/Vienna', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25', 600, 'Europe/Vienna', '2026-10-25T09:00:00.000Z'],
  ['2026-11-24', 570, 'Pacific/Guam', '2026-11-23T23:30:00.000Z'],
])('%s at minute %i in %s', (day, minutes, zone, wanted) => {
  expect(instant(day, minutes, zone).toISOString()).toBe(wanted);
  expect(wall(instant(day, minutes, zone), zone)).toEqual({ day, minutes });
});

it('knows whole days from parts of one', () => {
  const zone = 'Europe/Vienna';
  const at = (day: string, minutes = 0) => instant(day, minutes, zone);
  expect(wholeDays(at('2026-03-28'), at('2026-03-30'), zone)).toEqual({ first: '2026-03-28', last: '2026-03-29' });
  expect(wholeDays(at('2026-03-28'), at('2026-03-28', 600), zone)).toBeUndefined();
});

it('shifts within the list', () => {
  expect(shifted(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(shifted(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(shifted(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
});
