import { describe, expect, it } from 'vitest';
import { markOf, renewable, standingOf } from './stands';

describe('how something stands', () => {
  it.each([
    ['active', 5000, 5000, '✓'],
    ['active', 4999, 5000, '◐'],
    ['used', 0, 5000, '●'],
    ['expired', 5000, 5000, '–'],
    ['refunded', 0, 5000, '↩'],
  ] as const)('%s with %d of %d: %s', (state, left, whole, glyph) => {
    expect(markOf(state, left, whole).glyph).toBe(glyph);
  });
});

describe('where a membership stands on the 10th', () => {
  it.each([
    ['2026-03-01', '2026-04-01', null, 'now'],
    ['2026-03-10', '2026-03-11', null, 'now'],
    // The end is the first day after it.
    ['2026-02-10', '2026-03-10', null, 'over'],
    ['2026-03-11', '2026-04-11', null, 'later'],
    ['2026-03-01', '2026-04-01', '2026-03-05T08:00:00Z', 'ended'],
  ])('%s to %s, cancelled %s: %s', (starts_on, ends_on, cancelled_at, standing) => {
    expect(standingOf({ starts_on, ends_on, cancelled_at }, '2026-03-10')).toBe(standing);
  });
});

describe('another period', () => {
  const march = { id: 'a', plan: 'p', starts_on: '2026-03-01', ends_on: '2026-04-01', cancelled_at: null };
  const april = { id: 'b', plan: 'p', starts_on: '2026-04-01', ends_on: '2026-05-01', cancelled_at: null };

  it('follows the last one alone', () => {
    expect(renewable(march, [march])).toBe(true);
    expect(renewable(march, [march, april])).toBe(false);
    expect(renewable(april, [march, april])).toBe(true);
  });
  it('follows where the next one was called off, or is another plan’s', () => {
    expect(renewable(march, [march, { ...april, cancelled_at: '2026-03-20T08:00:00Z' }])).toBe(true);
    expect(renewable(march, [march, { ...april, plan: 'q' }])).toBe(true);
  });
  it('never follows what was called off', () => {
    expect(renewable({ ...march, cancelled_at: '2026-03-20T08:00:00Z' }, [])).toBe(false);
  });
});
