import { expect, test } from 'vitest';
import { FRESH, outdated, type Known } from './past';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const visit = (version: number, status: string, id = 'v') => ({ id, version, status });
const known = (age: number, ...seen: ReturnType<typeof visit>[]): Known => ({
  at: NOW - age,
  visits: [],
  seen: new Map(seen.map((each) => [each.id, each])),
});

test.each([
  ['never asked', undefined, [], true],
  ['just asked', known(1000), [], false],
  ['long ago', known(FRESH + 1), [], true],
  ['nothing happened', known(1000, visit(1, 'confirmed')), [visit(1, 'confirmed')], false],
  ['they came', known(1000, visit(1, 'confirmed')), [visit(2, 'checked_in')], false],
  ['they did not come', known(1000, visit(1, 'confirmed')), [visit(2, 'no_show')], true],
  ['that is hoped for only', known(1000, visit(1, 'confirmed')), [visit(1, 'no_show')], false],
  ['it was taken back', known(1000, visit(2, 'no_show')), [visit(3, 'confirmed')], true],
  ['it was called off', known(1000, visit(1, 'confirmed')), [visit(2, 'cancelled')], true],
  ['another day has another visit', known(1000, visit(1, 'confirmed')), [visit(9, 'no_show', 'w')], false],
])('%s', (_, before, visits, again) => expect(outdated(before, visits, NOW)).toBe(again));
