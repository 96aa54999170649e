import { describe, expect, it } from 'vitest';
import { clockLater, clockShift, fromOn, insteadOf, rankOf } from './later';

const BERLIN = 'Europe/Berlin';
const visit = (series_place: number, status: string) => ({ id: `apt_${series_place}`, series_place, status });

describe('what can be done to a visit and all later ones', () => {
  const visits = [visit(4, 'confirmed'), visit(1, 'completed'), visit(2, 'confirmed'), visit(3, 'cancelled'), visit(6, 'in_service')];
  it.each([
    [1, [2, 4]],
    [2, [2, 4]],
    [4, [4]],
    [6, []],
  ])('from place %i', (from, places) => {
    const first = visits.find(({ series_place }) => series_place === from);
    expect(first && fromOn(visits, first, 'cancel').map(({ series_place }) => series_place)).toEqual(places);
  });
});

it('counts only what was ever booked', () => {
  expect(rankOf([visit(5, 'confirmed'), visit(1, 'confirmed'), visit(3, 'confirmed')], 'apt_5')).toBe(3);
});

describe('a move by the clock', () => {
  it.each([
    ['over the end of summer time', '2026-10-24T08:00:00Z', '2026-10-25T09:00:00Z', '2026-10-31T09:00:00Z', '2026-11-01T09:00:00.000Z'],
    ['within a day', '2026-10-20T08:00:00Z', '2026-10-20T09:30:00Z', '2026-10-27T09:00:00Z', '2026-10-27T10:30:00.000Z'],
    ['backwards', '2026-11-03T09:00:00Z', '2026-11-02T08:00:00Z', '2026-11-10T09:00:00Z', '2026-11-09T08:00:00.000Z'],
  ])('%s', (_, from, to, other, expected) => {
    expect(clockLater(other, clockShift(from, to, BERLIN), BERLIN)).toBe(expected);
  });
});

it('takes all of them along where one goes to a time near it', () => {
  const conflict = { place: 3, start: '2026-12-16T09:00:00Z', local: '2026-12-16T10:00', reasons: ['staff_busy'], alternatives: [] };
  expect(insteadOf(conflict, '2026-12-16T10:30:00Z', '2026-12-02T09:00:00Z', BERLIN)).toBe('2026-12-02T10:30:00.000Z');
});
