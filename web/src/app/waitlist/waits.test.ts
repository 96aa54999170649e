import { describe, expect, it } from 'vitest';
import { byDay, fieldsOf, handsOf, inTime, minutesLeft, places, queryOf, ranOut, suits, type Filter, type Waiting } from './waits';

type Service = Waiting['wanted']['services'][number];
const service = (id: string, some: Partial<Service> = {}): Service => ({ service: id, addons: [], ...some });
const entry = (some: Partial<Waiting> = {}): Waiting => ({
  id: 'wtl_a',
  location: 'loc_a',
  title: 'Facial',
  wanted: { services: [service('svc_a')], party: 1, staff: [] },
  first_day: '2026-11-24',
  last_day: '2026-11-26',
  earliest: '00:00',
  latest: '24:00',
  name: 'Aiko',
  locale: 'en',
  note: '',
  state: 'waiting',
  created_at: '2026-11-22T10:00:00Z',
  version: 1,
  ...some,
});
const wants = (services: Service[], staff: string[] = []) => entry({ wanted: { services, party: 2, staff } });
const slot = (local: string) => ({ start: `${local}:00Z`, end: `${local}:00Z`, local });

describe('who waits', () => {
  it.each<[Waiting, string[]]>([
    [entry(), []],
    [wants([service('svc_a', { staff: 'stf_a', second_staff: 'stf_b' }), service('svc_b', { staff: 'stf_a' })]), ['stf_a', 'stf_b']],
    [wants([service('svc_a', { staff: null })], ['stf_c']), ['stf_c']],
  ])('wants these hands: %#', (who, hands) => expect(handsOf(who)).toEqual(hands));

  it.each<[Partial<Filter>, boolean]>([
    [{}, true],
    [{ service: 'svc_a', day: '2026-11-24' }, true],
    [{ service: 'svc_b' }, false],
    [{ staff: 'stf_a' }, true],
    [{ staff: 'stf_b' }, false],
    [{ day: '2026-11-26' }, true],
    [{ day: '2026-11-27' }, false],
    [{ day: '2026-11-23' }, false],
  ])('is found by %j: %s', (some, found) => {
    const one = wants([service('svc_a')], ['stf_a']);
    expect(suits(one, { service: '', staff: '', day: '', ...some })).toBe(found);
  });

  it('and wants anybody is found by anybody’s name', () => {
    expect(suits(entry(), { service: '', staff: 'stf_x', day: '' })).toBe(true);
  });

  it.each([
    [entry(), { services: 'svc_a', party: 1 }],
    [
      wants([service('svc_a', { addons: ['add_a'], staff: 'stf_a' }), service('svc_b', { second_staff: 'stf_b' })], ['stf_c', 'stf_d']),
      { services: 'svc_a:add_a@stf_a,svc_b@@stf_b', party: 2, staff: 'stf_c,stf_d' },
    ],
    [entry({ wanted: { package: 'pkg_a', services: [], party: 1, staff: [] } }), { package: 'pkg_a', party: 1 }],
  ])('is asked for as %#', (who, query) => expect(queryOf(who)).toEqual(query));

  it.each([
    [false, '/phone', true],
    [true, '/phone', false],
    [true, '/note', true],
  ])('shows what is wrong where it was typed: known %s, %s: %s', (known, field, there) => {
    expect(fieldsOf(known).includes(field)).toBe(there);
  });

  it('has a place once, without those who have an offer', () => {
    const list = [entry({ id: 'wtl_a' }), entry({ id: 'wtl_b', state: 'offered' }), entry({ id: 'wtl_c' })];
    expect([...places(list)]).toEqual([['wtl_a', 1], ['wtl_c', 2]]);
  });
});

describe('a free time', () => {
  it.each([
    ['00:00', '24:00', '2026-11-24T23:45', true],
    ['09:30', '12:00', '2026-11-24T09:30', true],
    ['09:30', '12:00', '2026-11-24T12:00', true],
    ['09:30', '12:00', '2026-11-24T09:15', false],
    ['09:30', '12:00', '2026-11-24T12:15', false],
  ])('between %s and %s: %s %s', (earliest, latest, local, fits) => {
    expect(inTime({ earliest, latest }, slot(local))).toBe(fits);
  });

  it('stands under its day', () => {
    const all = ['2026-11-24T09:30', '2026-11-24T10:00', '2026-11-26T09:30'].map(slot);
    expect(byDay(all).map(({ day, slots }) => [day, slots.length])).toEqual([['2026-11-24', 2], ['2026-11-26', 1]]);
  });
});

describe('an offer', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  const kept = (expires_at: string) => ({ start: expires_at, end: expires_at, expires_at });
  it.each([
    [entry(), false],
    [entry({ state: 'offered', offer: kept('2026-11-22T10:05:00Z') }), false],
    [entry({ state: 'offered', offer: kept('2026-11-22T10:00:00Z') }), true],
    [entry({ state: 'offered', offer: null }), true],
  ])('ran out: %#', (who, over) => expect(ranOut(who, now)).toBe(over));

  it.each([
    ['2026-11-22T10:30:00Z', 30],
    ['2026-11-22T10:00:01Z', 1],
    ['2026-11-22T09:00:00Z', 1],
  ])('kept until %s is kept for %i minutes', (at, minutes) => expect(minutesLeft(at, now)).toBe(minutes));
});
