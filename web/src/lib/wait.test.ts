import { describe, expect, it } from 'vitest';
import { around, lasting, span } from './wait';

const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

describe('a wait in words', () => {
  it.each([
    [0, '0 min'],
    [36, '36 min'],
    [60, '1h'],
    [65.4, '1h 5m'],
    [190, '3h 10m'],
  ])('%s minutes', (minutes, words) => {
    expect(plain(lasting(minutes, 'en'))).toBe(words);
  });

  it.each([
    [{ low_minutes: 36, high_minutes: 36 }, '36 min'],
    [{ low_minutes: 25, high_minutes: 40 }, '25–40 min'],
    [{ low_minutes: 45, high_minutes: 75 }, '45 min – 1h 15m'],
    [{ low_minutes: 125, high_minutes: 190 }, '2h 5m – 3h 10m'],
  ])('from %o', (range, words) => {
    expect(plain(span(range, 'en'))).toBe(words);
  });

  it('is told on the shop’s clock', () => {
    const now = Date.UTC(2026, 2, 4, 23, 0);
    expect(plain(around({ low_minutes: 20, high_minutes: 20 }, now, 'America/New_York', 'en-US'))).toBe('6:20 PM');
    expect(plain(around({ low_minutes: 20, high_minutes: 35 }, now, 'America/New_York', 'en-US'))).toBe('6:20 – 6:35 PM');
  });
});
