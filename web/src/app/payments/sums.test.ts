import { describe, expect, it } from 'vitest';
import { amissOf, apart, differenceOf, differing, leftOf, meantBack, taken, tipOf } from './sums';

describe('what is left of a payment', () => {
  it.each([
    ['paid', 9500, 0, 9500],
    ['paid', 9500, 2000, 7500],
    ['paid', 9500, 9500, 0],
    ['processing', 9500, 0, 0],
    ['open', 9500, 0, 0],
    ['over', 9500, 0, 0],
  ] as const)('%s, %d, of which %d went back: %d', (state, amount_minor, refunded_minor, left) => {
    expect(leftOf({ state, amount_minor, refunded_minor })).toBe(left);
  });
});

describe('what is meant to go back', () => {
  it.each([
    ['cash', 2000, 0, 7500],
    // What is too much, and no more: the rest is due.
    ['cash', 2000, 4500, 4500],
    ['card', 2000, 9000, 7500],
    ['pass', 0, 4500, 9500],
  ] as const)('by %s, of which %d went back, with %d too much: %d', (way, refunded_minor, excess, meant) => {
    expect(meantBack({ way, state: 'paid', amount_minor: 9500, refunded_minor }, excess)).toBe(meant);
  });
});

describe('an amount that was typed', () => {
  it.each([
    ['95', 9500, undefined],
    ['94,50', 9500, undefined],
    ['95.01', 9500, 'most'],
    ['0', 9500, 'amount'],
    ['', 9500, 'amount'],
    ['a lot', 9500, 'amount'],
    ['-5', 9500, 'amount'],
    ['95.001', 9500, 'amount'],
  ] as const)('%s of %d at most: %s', (text, most, amiss) => {
    expect(amissOf(text, most, 'USD')).toBe(amiss);
  });

  it('may be none, of a tip', () => {
    expect(tipOf(' ', 'USD')).toBe(0);
    expect(tipOf('5', 'USD')).toBe(500);
    expect(tipOf('5', 'JPY')).toBe(5);
    expect(tipOf('some', 'USD')).toBeUndefined();
  });
});

describe('what is told of a payment', () => {
  it('has the tip in its amount', () => {
    expect(taken({ way: 'cash', amount: 9500, tip: 500, note: ' ' })).toEqual({ way: 'cash', amount_minor: 10_000, tip_minor: 500 });
  });
  it('says nothing of what isn’t there', () => {
    expect(taken({ way: 'terminal', amount: 9500, tip: 0, note: 'Slip 12 ' })).toEqual({ way: 'terminal', amount_minor: 9500, note: 'Slip 12' });
  });
});

describe('a till that is counted', () => {
  it.each([
    ['120', 12_000, { look: 'none', minor: 0 }],
    ['120.50', 12_000, { look: 'more', minor: 50 }],
    ['119', 12_000, { look: 'less', minor: 100 }],
    ['0', 12_000, { look: 'less', minor: 12_000 }],
    // More was given back than came in.
    ['0', -2000, { look: 'more', minor: 2000 }],
    ['', 12_000, undefined],
    ['many', 12_000, undefined],
  ] as const)('%s where %d should be', (counted, expected, difference) => {
    expect(differenceOf(counted, expected, 'USD')).toEqual(difference);
  });

  it('differs by a sign', () => {
    expect(differing(-250)).toEqual({ look: 'less', minor: 250 });
  });
});

describe('what came on a day', () => {
  const way = (name: string, count: number, money: boolean, refunded_minor = 0) =>
    ({ way: name, count, money, refunded_minor }) as Parameters<typeof apart>[0][number];

  it('is money, and apart from it what was paid before', () => {
    const [money, before] = apart([way('cash', 2, true), way('card', 0, true), way('other', 0, true, 500), way('voucher', 1, false), way('pass', 0, false), way('terminal', 0, true, -500)]);
    expect(money.map(({ way }) => way)).toEqual(['cash', 'other', 'terminal']);
    expect(before.map(({ way }) => way)).toEqual(['voucher']);
  });
});
