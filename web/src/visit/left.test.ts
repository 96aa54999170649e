import { expect, it } from 'vitest';
import { left } from './left';

const now = Date.parse('2026-11-22T10:00:00Z');

it.each([
  ['2026-11-22T10:09:05Z', '9:05'],
  ['2026-11-22T10:00:01Z', '0:01'],
  ['2026-11-22T10:00:00Z', undefined],
  ['2026-11-22T09:00:00Z', undefined],
])('until %s: %s', (until, expected) => {
  expect(left(until, now)?.told('en')).toBe(expected);
});
