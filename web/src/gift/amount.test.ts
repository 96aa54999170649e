import { describe, expect, it } from 'vitest';
import { amissOf, meant } from './amount';

describe('an amount as it is typed', () => {
  it.each([
    ['50', 'USD', 5000],
    [' $ 49.50 ', 'USD', 4950],
    ['49,5', 'EUR', 4950],
    ['50 €', 'EUR', 5000],
    ['eur 50', 'EUR', 5000],
    ['1,000', 'USD', 100_000],
    ['1.000,50', 'EUR', 100_050],
    ['1,250,000.05', 'USD', 125_000_005],
    ["1'000", 'CHF', 100_000],
    ['1 000', 'EUR', 100_000],
    ['٥٠', 'AED', 5000],
    ['۵۰٫۵', 'AED', 5050],
    ['١٬٠٠٠', 'AED', 100_000],
    // No smaller coin.
    ['5000', 'JPY', 5000],
    ['5,000', 'JPY', 5000],
    ['50.5', 'JPY', undefined],
    // Three places are three places.
    ['1.250', 'KWD', 1250],
    ['50.005', 'USD', 50_005_00],
    ['50.0051', 'USD', undefined],
    ['1,00,000', 'USD', undefined],
    ['-5', 'USD', undefined],
    ['5e3', 'USD', undefined],
    ['fifty', 'USD', undefined],
    ['', 'USD', undefined],
  ])('%j in %s: %j', (text, currency, minor) => {
    expect(meant(text, currency)).toBe(minor);
  });
});

describe('an amount that can be had', () => {
  const bounds = { currency: 'USD', least_minor: 1000, most_minor: 50_000 };
  it.each([
    [undefined, 'amount'],
    [0, 'amount'],
    [999, 'least'],
    [1000, undefined],
    [50_000, undefined],
    [50_001, 'most'],
  ])('%j: %j', (minor, amiss) => {
    expect(amissOf(minor, bounds)).toBe(amiss);
  });
});
