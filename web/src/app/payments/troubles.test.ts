import { describe, expect, it } from 'vitest';
import { standOf, yesterday } from './troubles';

describe('both books of a day', () => {
  it.each([
    [{ amiss: 0, complete: true }, 'good'],
    [{ amiss: 0, complete: false }, 'wait'],
    [{ amiss: 2, complete: true }, 'bad'],
    [{ amiss: 1, complete: false }, 'bad'],
  ] as const)('%j is %s', (check, tone) => {
    expect(standOf(check).tone).toBe(tone);
  });
});

describe('the day before', () => {
  it.each([
    ['2026-03-02T09:00:00Z', '2026-03-01'],
    ['2026-03-01T00:00:00Z', '2026-02-28'],
    ['2026-01-01T23:59:59Z', '2025-12-31'],
  ])('of %s is %s', (now, day) => {
    expect(yesterday(new Date(now))).toBe(day);
  });
});
