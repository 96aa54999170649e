import { describe, expect, it } from 'vitest';
import { askedFor } from './asked';
import { after, badgesOf, deedsFor, handedOver, handsOf, type Line, lookOf, namedFor, pastOf, peopleOf, standingOf, type Visit, wayBack } from './visits';

const line = (some: Partial<Line>): Line =>
  ({ addons: [], customer: 1, position: 0, step: 0, service: 'svc_a', staff: 'stf_a', staff_chosen: false, ...some }) as Line;
const visit = (some: Partial<Visit>): Visit =>
  ({ id: 'apt_1', status: 'confirmed', lines: [line({})], party: 1, note: '', staff_note: '', overridden: false, ...some }) as Visit;

describe('what can be done', () => {
  it.each([
    ['pending_approval', 'confirm decline move cancel'],
    ['pending_payment', 'paid move cancel'],
    ['confirmed', 'check_in start no_show move cancel'],
    ['checked_in', 'start complete no_show step_back move cancel'],
    ['in_service', 'complete step_back'],
    ['completed', 'step_back'],
    ['no_show', 'step_back'],
    ['cancelled', ''],
    ['expired', ''],
  ])('to a visit that is %s: %s', (status, deeds) => {
    expect(deedsFor({ status }, () => true).join(' ')).toBe(deeds);
  });

  it('asks what one may', () => {
    expect(deedsFor({ status: 'confirmed' }, (right) => right === 'booking:move')).toEqual(['move']);
  });

  it.each([
    ['confirmed', 'check_in', 'checked_in'],
    ['completed', 'step_back', 'in_service'],
    ['no_show', 'step_back', 'confirmed'],
    // With a deposit due it waits for that: only the answer tells.
    ['pending_approval', 'confirm', 'pending_approval'],
  ] as const)('%s, then %s: %s', (from, deed, to) => expect(after(from, deed)).toBe(to));

  it.each([
    ['confirmed', 'check_in', 'step_back'],
    ['confirmed', 'start', 'step_back step_back'],
    ['checked_in', 'start', 'step_back'],
    ['checked_in', 'complete', 'step_back step_back'],
    ['in_service', 'complete', 'step_back'],
    ['confirmed', 'no_show', 'step_back'],
    ['checked_in', 'no_show', 'step_back check_in'],
    ['confirmed', 'cancel', ''],
    ['pending_payment', 'paid', ''],
  ] as const)('from %s, %s is taken back by: %s', (from, deed, steps) => {
    expect(wayBack(from, deed).join(' ')).toBe(steps);
  });

  it('has a look for what is newer than the page', () => expect(lookOf({ status: 'levitating' })).toBe('booked'));
});

describe('what makes it certain', () => {
  it.each([
    ['pending_payment', 2000, 'pending_payment', 'paid'],
    ['pending_payment', 0, 'pending_card', 'paid_card'],
    ['confirmed', 0, 'confirmed', 'paid'],
  ])('%s with a deposit of %d stands as %s', (status, deposit_minor, standing, deed) => {
    expect(standingOf({ status, deposit_minor })).toBe(standing);
    expect(namedFor({ status, deposit_minor }, 'paid')).toBe(deed);
    expect(namedFor({ status, deposit_minor }, 'cancel')).toBe('cancel');
  });
});

describe('badges', () => {
  it.each<[Partial<Visit>, Parameters<typeof badgesOf>[1], string]>([
    [{}, undefined, ''],
    [{ status: 'pending_payment', deposit_minor: 2000 }, undefined, 'unpaid'],
    // It waits for a card alone.
    [{ status: 'pending_payment', deposit_minor: 0 }, undefined, ''],
    [{ status: 'pending_approval', note: 'Hello' }, { first: true, missed: 0 }, 'approval first note'],
    [{ overridden: true, party: 2 }, { first: false, missed: 2 }, 'missed over two'],
    // What is over needs no warning.
    [{ status: 'completed', overridden: true, series: 'ser_1' }, { first: false, missed: 2 }, 'series'],
    [{ lines: [line({ staff_chosen: true })] }, undefined, 'asked'],
  ])('%j with %j: %s', (some, past, badges) => expect(badgesOf(visit(some), past).join(' ')).toBe(badges));

  it('names what is not filled in while it still matters', () => {
    expect(badgesOf(visit({}), undefined, ['Health'])).toEqual(['form']);
    expect(badgesOf(visit({ status: 'completed' }), undefined, ['Health'])).toEqual([]);
  });

  it.each([
    [['cancelled', 'no_show'], true, 1],
    [['completed', 'no_show', 'no_show'], false, 2],
    [[], true, 0],
  ])('a past of %j: first %s, missed %i', (statuses, first, missed) => {
    const all = statuses.map((status, at) => ({ id: `apt_${at + 2}`, status, starts_at: '2026-01-01T00:00:00Z' }));
    const later = { id: 'apt_9', status: 'no_show', starts_at: '2026-12-01T00:00:00Z' };
    expect(pastOf({ id: 'apt_1', starts_at: '2026-06-01T00:00:00Z' }, [...all, later])).toEqual({ first, missed });
  });
});

describe('what a visit asks for', () => {
  const couple = [
    line({ customer: 1, position: 0, staff: 'stf_a' }),
    line({ customer: 2, position: 1, staff: 'stf_b' }),
  ];
  const row = [
    line({ position: 0, step: 0, service: 'svc_a', staff: 'stf_a' }),
    line({ position: 1, step: 1, service: 'svc_b', staff: 'stf_b', addons: [{ id: 'add_1' }] as Line['addons'] }),
  ];
  it.each<[Line[], boolean, string]>([
    [couple, true, 'svc_a@stf_a@stf_b'],
    [couple, false, 'svc_a'],
    [row, true, 'svc_a@stf_a,svc_b:add_1@stf_b'],
    [row, false, 'svc_a,svc_b:add_1'],
  ])('%#', (lines, keep, services) => {
    expect(askedFor(visit({ lines }), keep).services).toBe(services);
  });
  it('names a package', () => {
    expect(askedFor(visit({ package: 'pkg_1', party: 2 }), true)).toEqual({ package: 'pkg_1', party: 2 });
  });

  it.each<[Line[], number, string[] | undefined]>([
    [couple, 2, ['stf_a', 'stf_b']],
    [row, 1, undefined],
    [[line({}), line({ position: 1, step: 1 })], 1, ['stf_a']],
    [[line({ staff: undefined })], 1, undefined],
  ])('hands %#', (lines, party, hands) => expect(handsOf({ lines, party })).toEqual(hands));

  it.each<[Line[], number, string, string, string[] | undefined]>([
    [couple, 2, 'stf_b', 'stf_c', ['stf_a', 'stf_c']],
    [couple, 2, 'stf_b', 'stf_a', undefined],
    [row, 1, 'stf_a', 'stf_c', undefined],
  ])('handed over %#', (lines, party, from, to, hands) => expect(handedOver({ lines, party }, from, to)).toEqual(hands));
});

it('those who have somebody are named once, and nobody isn’t', () => {
  const two = visit({ lines: [line({ staff: 'stf_b', staff_name: 'Ben' }), line({ staff: 'stf_a', staff_name: 'Ana' })] });
  const other = visit({ lines: [line({ staff: 'stf_b', staff_name: 'Ben' }), line({ staff: null })] });
  expect(peopleOf([two, other])).toEqual([{ id: 'stf_b', name: 'Ben' }, { id: 'stf_a', name: 'Ana' }]);
});
