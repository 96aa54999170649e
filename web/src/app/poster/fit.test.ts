import { describe, expect, it } from 'vitest';
import { fit, wide } from './fit';

const limits = { most: 20, least: 8, lines: 3 };

describe('fit', () => {
  it.each([
    ['Lagoon', 150, ['Lagoon'], 20],
    ['The Lagoon Day Spa', 150, ['The Lagoon', 'Day Spa'], 20],
    ['Scan, choose a time, done. No app, no account.', 300, ['Scan, choose a time,', 'done. No app, no account.'], 20],
    ['', 150, [''], 20],
  ])('%s', (text, room, lines, size) => {
    expect(fit(text, room, limits)).toEqual({ lines, size });
  });

  it.each([
    'Donaudampfschifffahrtsgesellschaft',
    'a'.repeat(80),
    'صالون البحيرة للعناية بالبشرة والشعر والأظافر في شارع الشاطئ',
    '湖のほとりの静かなスパとサロン'.repeat(4),
    'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen',
    'book.example.com/the-lagoon-day-spa-and-barbershop-of-tumon-bay',
  ])('never wider than the room, nor more lines: %s', (text) => {
    const { lines, size } = fit(text, 170, limits);
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(size).toBeGreaterThanOrEqual(8);
    for (const line of lines) expect(wide(line, size)).toBeLessThanOrEqual(170);
  });

  it('says that there was more', () => {
    expect(fit('word '.repeat(60), 100, limits).lines.at(-1)).toMatch(/…$/);
  });
});
