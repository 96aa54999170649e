import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { amountOf, digits, money, typed } from './money';

describe('amounts', () => {
  it.each([
    [9500, 'USD', 'en', '$95'],
    [9550, 'USD', 'en', '$95.50'],
    [9550, 'JPY', 'en', '¥9,550'],
    [0, 'EUR', 'de', '0\u00a0€'],
  ])('%d %s in %s', (cents, currency, locale, text) => {
    expect(money(cents, currency, locale)).toBe(text);
  });

  it.each([
    ['95', 'USD', 9500],
    ['95,5', 'USD', 9550],
    ['95.55', 'USD', 9555],
    ['95.555', 'USD', undefined],
    ['1.10', 'USD', 110],
    ['20', 'JPY', 20],
    ['20.5', 'JPY', undefined],
    ['-1', 'USD', undefined],
    ['', 'USD', undefined],
    ['1e3', 'USD', undefined],
  ])('what is typed: %s %s', (text, currency, cents) => {
    expect(amountOf(text, currency)).toBe(cents);
    if (cents !== undefined) expect(amountOf(typed(cents, currency), currency)).toBe(cents);
  });

  it.each([
    [2_500_000_00, 'IDR', 'IDR\u00a02,500,000'],
    [9_990_00, 'HUF', 'HUF\u00a09,990'],
    [9_990_50, 'HUF', 'HUF\u00a09,990.50'],
  ])('%d %s, of which browsers know no smaller coin', (minor, currency, text) => {
    expect(money(minor, currency, 'en')).toBe(text);
    expect(amountOf('250', currency)).toBe(250_00);
  });

  it('have as many places as the server reckons with, in every currency', () => {
    const table = readFileSync(new URL('../../../config/countries.toml', import.meta.url), 'utf8');
    const known = [...table.matchAll(/^([A-Z]{3}) = \{ digits = (\d)/gm)].map(([, currency = '', places]) => [currency, Number(places)]);
    expect(known.length).toBeGreaterThan(100);
    expect(known.map(([currency]) => [currency, digits(String(currency))])).toEqual(known);
  });
});
