import { describe, expect, it } from 'vitest';
import { deedOf, fillOf, freeUntil, isSettled, pauseAfter, toldOf } from './plan';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const after = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

describe('what is told on every page', () => {
  it.each([
    ['free', null, undefined],
    ['paid', after(1), undefined],
    ['ending', after(1), undefined],
    ['trial', after(73), undefined],
    ['trial', after(72), 'trial'],
    ['trial', after(1), 'trial'],
    ['trial_over', after(100), 'trial_over'],
    ['past_due', after(100), 'past_due'],
    ['read_only', after(-100), 'read_only'],
  ] as const)('%s until %s: %s', (standing, at, told) => {
    expect(toldOf({ standing, at }, NOW)).toBe(told);
  });
});

describe('how full something is', () => {
  it.each([
    [0, 5, 0, 'room'],
    [1, 3, 33, 'room'],
    [5, 5, 100, 'full'],
    [7, 5, 100, 'over'],
    // A plan that nobody knows any more has nothing.
    [0, 0, 0, 'full'],
    [1, 0, 100, 'over'],
  ] as const)('%d of %d', (used, limit, share, state) => {
    expect(fillOf({ used, limit })).toEqual({ share, state });
  });
});

describe('what can be done with a plan', () => {
  it.each([
    [{ plan: 'trial', subscribed: false }, { key: 'team', fits: true }, 'take'],
    [{ plan: 'trial', subscribed: false }, { key: 'solo', fits: false }, 'small'],
    [{ plan: 'team', subscribed: true }, { key: 'team', fits: true }, 'current'],
    // More came to be in use than it has: it is theirs all the same.
    [{ plan: 'team', subscribed: true }, { key: 'team', fits: false }, 'current'],
    [{ plan: 'team', subscribed: true }, { key: 'business', fits: true }, 'change'],
    [{ plan: 'team', subscribed: true }, { key: 'solo', fits: false }, 'small'],
    // It ended, or was given: it can be taken.
    [{ plan: 'team', subscribed: false }, { key: 'team', fits: true }, 'take'],
  ] as const)('%o, %o: %s', (own, offer, deed) => {
    expect(deedOf(own, offer)).toBe(deed);
  });
});

describe('what is left of a trial', () => {
  it('stays with whoever takes a plan', () => {
    expect(freeUntil({ standing: 'trial', at: after(50) }, NOW)).toBe(after(50));
  });
  it.each([
    ['trial', after(49)],
    ['trial', null],
    ['trial_over', after(50)],
    ['read_only', after(-50)],
  ] as const)('%s until %s: nothing', (standing, at) => {
    expect(freeUntil({ standing, at }, NOW)).toBeUndefined();
  });
});

describe('whoever comes back', () => {
  it.each([
    ['paid', true],
    ['ending', true],
    ['trial', false],
    ['past_due', false],
    ['read_only', false],
  ] as const)('%s: settled is %s', (standing, settled) => {
    expect(isSettled({ standing })).toBe(settled);
  });
  it('is kept waiting less and less often, and not for long', () => {
    expect([1, 2, 3, 4, 5].map((looks) => pauseAfter({ standing: 'trial' }, looks))).toEqual([1000, 2000, 4000, 7000, undefined]);
    expect(pauseAfter({ standing: 'paid' }, 1)).toBeUndefined();
    // A look without an answer is followed by another.
    expect(pauseAfter(undefined, 1)).toBe(1000);
  });
});
