import { describe, expect, it } from 'vitest';
import { amountOf, money, typed } from './money';

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
});
