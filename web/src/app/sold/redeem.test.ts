import { describe, expect, it } from 'vitest';
import { amissOf, payable, redeeming, usesOf } from './redeem';

describe('what a voucher pays', () => {
  it('is no more than is left or open', () => {
    expect(payable(5000, 8000)).toBe(5000);
    expect(payable(5000, 3000)).toBe(3000);
  });

  it.each([
    ['30', '', {}],
    ['50', '', {}],
    ['50.01', '', { '/amount_minor': 'most' }],
    ['0', '', { '/amount_minor': 'amount' }],
    ['all', '', { '/amount_minor': 'amount' }],
    ['30', 'some', { '/tip_minor': 'amount' }],
    ['45', '5', {}],
    // The tip comes from the voucher, too.
    ['45', '5.01', { '/tip_minor': 'most' }],
    ['50', '1', { '/tip_minor': 'most' }],
  ])('%j and %j on top, of 50 that are left: %j', (amount, tip, amiss) => {
    expect(amissOf({ amount, tip }, 5000, 8000, 'USD')).toEqual(amiss);
  });

  it('has the tip in its amount', () => {
    expect(redeeming({ code: 'C', amount: '30', tip: '' }, 'USD')).toEqual({ code: 'C', amount_minor: 3000 });
    expect(redeeming({ code: 'C', amount: '30', tip: '2' }, 'USD')).toEqual({ code: 'C', amount_minor: 3200, tip_minor: 200 });
  });
});

describe('what passes pay', () => {
  type Passes = Parameters<typeof usesOf>[0];
  const pass = (id: string, last_day: string, lines: number[]) => ({ pass: { id, last_day }, lines }) as Passes[number];

  it('is each line once, by the pass that ends first', () => {
    const uses = usesOf([pass('late', '2027-01-01', [0, 2]), pass('soon', '2026-05-01', [2])]);
    expect(uses.map(({ pass, line }) => [line, pass.id])).toEqual([
      [0, 'late'],
      [2, 'soon'],
    ]);
  });
  it('is nothing without passes', () => {
    expect(usesOf([])).toEqual([]);
  });
});
