import { describe, expect, it } from 'vitest';
import { feeOf, isOfCard, pauseAfter, type State } from './paying';

/** All pauses, if every look finds the same. */
function pauses(state: State | undefined): number[] {
  const all: number[] = [];
  for (let looks = 1; looks < 20; looks += 1) {
    const pause = pauseAfter(state, looks);
    if (pause === undefined) return all;
    all.push(pause);
  }
  throw new Error('it looks for ever');
}

describe('asking whether a payment came', () => {
  it.each(['paid', 'nothing', 'over'] as const)('ends at once with %s', (state) => {
    expect(pauses(state)).toEqual([]);
  });

  it('goes on with growing pauses while it is on its way, and ends', () => {
    const all = pauses('processing');
    expect(all.length).toBeGreaterThan(4);
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
  });

  it('goes on as long where there was no answer', () => {
    expect(pauses(undefined)).toEqual(pauses('processing'));
  });

  it.each(['due', 'open'] as const)('ends soon where nobody paid (%s)', (state) => {
    expect(pauses(state)).toEqual([1000, 2000]);
  });

  it('ends with what is found, however it began', () => {
    expect(pauseAfter('processing', 4)).toBe(7000);
    expect(pauseAfter('due', 4)).toBeUndefined();
  });
});

describe('a fee', () => {
  const due = { state: 'due', amount_minor: 4500, card: 'none', fee_declined: false } as const;
  it.each([
    [{}, 'by_hand'],
    [{ card: 'left' }, 'by_itself'],
    [{ card: 'left', fee_declined: true }, 'declined'],
    // The card was taken away after it was declined.
    [{ fee_declined: true }, 'declined'],
    [{ state: 'processing', card: 'left' }, undefined],
    [{ state: 'paid', amount_minor: 0 }, undefined],
  ] as const)('%o: %s', (more, fee) => {
    expect(feeOf({ ...due, ...more })).toBe(fee);
  });
});

describe('what is said of a card', () => {
  const left = { card: 'left', amount_minor: 0, paid_minor: 0, may_pay_all: false } as const;
  it.each([
    [{}, true],
    [{ card: 'wanted' }, true],
    [{ card: 'none' }, false],
    [{ card: 'wanted', amount_minor: 1600 }, false],
    [{ paid_minor: 1600 }, false],
    [{ may_pay_all: true }, false],
  ] as const)('%o is all: %s', (more, all) => {
    expect(isOfCard({ ...left, ...more })).toBe(all);
  });
});
