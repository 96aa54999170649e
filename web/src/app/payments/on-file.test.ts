import { describe, expect, it } from 'vitest';
import { declinedFee, isRemovable, within } from './on-file';

describe('a fee that was declined', () => {
  const fee = { kind: 'fee', off_session: true, state: 'over', trouble: 'Your card was declined.' } as const;
  const deposit = { kind: 'deposit', off_session: false, state: 'paid', trouble: null } as const;

  it('is told as long as it is open', () => {
    expect(declinedFee([fee, deposit], 4500)).toBe(fee);
    expect(declinedFee([fee, deposit], 0)).toBeUndefined();
  });
  it('isn’t one that was given up before anybody asked for it', () => {
    expect(declinedFee([{ ...fee, trouble: null }], 4500)).toBeUndefined();
  });
  it('isn’t one that is being taken again, or a page that nobody paid on', () => {
    expect(declinedFee([{ ...fee, state: 'processing', trouble: null }, fee], 4500)).toBeUndefined();
    expect(declinedFee([{ ...fee, off_session: false }], 4500)).toBeUndefined();
    expect(declinedFee([deposit], 4500)).toBeUndefined();
  });
});

it.each([
  ['Your card was declined.', 'Your card was declined'],
  ['Insufficient funds', 'Insufficient funds'],
])('%s is said within a sentence', (trouble, said) => {
  expect(within(trouble)).toBe(said);
});

describe('a card on file', () => {
  const left = { card: { state: 'left' }, fee_at: null, fee_minor: 0, open_minor: 9000 } as const;
  it.each([
    [{}, true],
    [{ card: { state: 'wanted' } }, false],
    [{ card: { state: 'none' } }, false],
    [{ fee_minor: 4500, open_minor: 0 }, true],
    [{ fee_minor: 4500, open_minor: 4500 }, false],
    [{ fee_minor: 4500, open_minor: 4500, fee_at: '2026-03-02T10:00:00Z' }, false],
  ] as const)('%o can be taken away: %s', (more, can) => {
    expect(isRemovable({ ...left, ...more })).toBe(can);
  });
});
