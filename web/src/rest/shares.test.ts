import { describe, expect, it } from 'vitest';
import { amissOf, payable, sharesOf, tipOf } from './shares';

describe('shares of a price', () => {
  it('are whole coins', () => {
    expect(sharesOf(9_550, 9_550, 'USD')).toEqual([
      { percent: 10, minor: 955 },
      { percent: 15, minor: 1_433 },
      { percent: 20, minor: 1_910 },
    ]);
  });

  it('are of coins that cards know', () => {
    expect(sharesOf(10_250, 10_250, 'KWD').map(({ minor }) => minor)).toEqual([1_030, 1_540, 2_050]);
    expect(sharesOf(50_500, 50_500, 'MGA').map(({ minor }) => minor)).toEqual([5_100, 7_600, 10_100]);
    expect([payable(6_365, 'KWD'), payable(6_365, 'USD'), payable(6_365, 'MGA')]).toEqual([6_360, 6_365, 6_300]);
  });

  it('are no more than can be given', () => {
    expect(sharesOf(10_000, 1_500, 'USD').map(({ percent }) => percent)).toEqual([10, 15]);
    expect(sharesOf(10_000, 0, 'USD')).toEqual([]);
  });

  it('are none that are nothing, or as much as another', () => {
    expect(sharesOf(0, 100, 'USD')).toEqual([]);
    // Ten percent of a price of three coins is nothing.
    expect(sharesOf(3, 3, 'USD')).toEqual([{ percent: 20, minor: 1 }]);
    expect(sharesOf(7, 7, 'USD')).toEqual([{ percent: 10, minor: 1 }]);
  });
});

describe('a tip that was typed', () => {
  it.each([
    ['5', 'USD', undefined],
    ['94,50', 'USD', undefined],
    ['95', 'USD', undefined],
    ['95.01', 'USD', 'most'],
    ['0', 'USD', 'amount'],
    ['', 'USD', 'amount'],
    ['a lot', 'USD', 'amount'],
    ['5.005', 'USD', 'amount'],
    ['9500', 'JPY', undefined],
    ['9501', 'JPY', 'most'],
    ['5.5', 'JPY', 'amount'],
    ['9.5', 'KWD', undefined],
    ['1.025', 'KWD', 'amount'],
    ['1.02', 'KWD', undefined],
  ] as const)('%s %s: %s', (typed, currency, amiss) => {
    expect(amissOf(typed, 9_500, currency)).toBe(amiss);
  });
});

describe('what is chosen', () => {
  const shares = sharesOf(10_000, 10_000, 'USD');
  it.each([
    [0, '7', 0],
    [15, '7', 1_500],
    // It isn't offered any more.
    [25, '7', 0],
    ['other', '7', 700],
    ['other', 'some', undefined],
  ] as const)('%s, with %s typed: %s', (choice, typed, minor) => {
    expect(tipOf(choice, typed, shares, 'USD')).toBe(minor);
  });
});
