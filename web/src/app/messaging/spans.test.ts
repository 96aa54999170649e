import { describe, expect, it } from 'vitest';
import { inUnit, minutesIn, placed } from './spans';

describe('spans of time', () => {
  it.each([
    [0, 0, 'minutes'],
    [45, 45, 'minutes'],
    [60, 1, 'hours'],
    [90, 90, 'minutes'],
    [1440, 1, 'days'],
    [2160, 36, 'hours'],
    [10_080, 7, 'days'],
  ] as const)('%d minutes are %d %s', (minutes, count, unit) => {
    expect(inUnit(minutes)).toEqual({ count, unit });
    expect(minutesIn(count, unit)).toBe(minutes);
  });

  it('adds up how long the steps before a step waited', () => {
    expect(placed([120, 1440, 4320]).map(({ day }) => day)).toEqual([1, 2, 5]);
    expect(placed([120, 1440]).map(({ after }) => after)).toEqual([120, 1560]);
    expect(placed([])).toEqual([]);
  });
});
