import { describe, expect, it } from 'vitest';
import { begins, goesOn, standingOf, wishesOf } from './account';

const account = {
  offered: true,
  connected: true,
  details_submitted: true,
  charges_enabled: true,
  payouts_enabled: true,
  requirements: [] as string[],
};

describe('how far an account is', () => {
  it.each([
    [{}, 'ready', false],
    [{ offered: false }, 'off', false],
    [{ connected: false, details_submitted: false, charges_enabled: false, payouts_enabled: false }, 'none', false],
    [{ details_submitted: false, charges_enabled: false, payouts_enabled: false }, 'begun', true],
    [{ charges_enabled: false, payouts_enabled: false, requirements: ['external_account'] }, 'begun', true],
    [{ charges_enabled: false, payouts_enabled: false }, 'checked', false],
    [{ payouts_enabled: false }, 'held', false],
    // Cards are taken, and still something is wanted.
    [{ requirements: ['individual.verification.document'] }, 'ready', true],
  ] as const)('%o: %s', (more, standing, on) => {
    const one = { ...account, ...more, requirements: [...('requirements' in more ? more.requirements : [])] };
    expect(standingOf(one)).toBe(standing);
    expect(goesOn(one)).toBe(on);
  });
});

describe('where a business may begin', () => {
  it('is where somebody opens accounts', () => {
    expect(begins({ connected: false, stripe_offered: true })).toBe(true);
    expect(begins({ connected: false, stripe_offered: false })).toBe(false);
    expect(begins({ connected: true, stripe_offered: true })).toBe(false);
  });
});

describe('what the provider wants to know', () => {
  it('is said once each, in words', () => {
    expect(
      wishesOf(['individual.dob.day', 'individual.dob.month', 'external_account', 'tos_acceptance.date', 'company.tax_id', 'business_profile.mcc', 'person_1NXyz.email']),
    ).toEqual(['person', 'bank', 'terms', 'company', 'business']);
  });
  it('may be something new', () => {
    expect(wishesOf(['something.else', 'again'])).toEqual(['other']);
    expect(wishesOf([])).toEqual([]);
  });
});
