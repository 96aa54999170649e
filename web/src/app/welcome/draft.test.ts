import { describe, expect, it } from 'vitest';
import type { Schema } from '$lib/api/types';
import { emptyWeek, weekOf } from '$lib/ui/week/week';
import {
  changeOf,
  hoursAt,
  isBlank,
  lineOf,
  minutesOf,
  newOf,
  pageWith,
  peopleOf,
  sameHours,
  shortOf,
  skillsWith,
  wrongOf,
  type Draft,
  type ServiceLine,
  type Shop,
} from './draft';

const service = (id: string, more: object = {}) =>
  ({ id, name: id, category: { id: 'c1', name: 'Face' }, duration_minutes: 60, price_minor: 9000, currency: 'USD', online: true, ...more }) as Schema<'ServiceView'>;
const shown = (id: string) =>
  ({ id, name: id, category_id: 'c1', category: 'Face', description: 'Kind to skin.', duration_minutes: 60, price_minor: 9000 }) as Shop['services'][number];
const door = weekOf([{ weekday: 1, opens: '09:00', closes: '17:00' }]);
const open = [{ weekday: 1, opens: '09:00', closes: '17:00' }];
const staff = (id: string, more: object = {}) =>
  ({ id, name: id, skills: [], hours: [{ location_id: 'l1', location_name: '', work: open, breaks: [] }], version: 1, ...more }) as unknown as Schema<'StaffView'>;
const line = (more: Partial<ServiceLine> = {}): ServiceLine => ({ key: 'new-1', category: 'c1', name: 'Peeling', minutes: '45', price: '70', on: true, ...more });

describe('a line of the menu', () => {
  it.each([
    ['45', 45],
    ['1:30', 90],
    ['1h30', 90],
    ['0', undefined],
    ['1441', undefined],
    ['', undefined],
    ['an hour', undefined],
  ])('%s is so many minutes: %s', (text, minutes) => {
    expect(minutesOf(text)).toBe(minutes);
  });

  it.each<[string, Partial<ServiceLine>, string[]]>([
    ['all well', {}, []],
    ['free', { price: '0' }, []],
    ['cents', { price: '12,50' }, []],
    ['half a cent', { price: '12.505' }, ['price']],
    ['nothing written', { name: '', price: '' }, []],
    ['no name', { name: ' ' }, ['name']],
    ['no figures', { minutes: 'x', price: 'y' }, ['minutes', 'price']],
  ])('%s', (_, more, wrong) => {
    expect(wrongOf(line(more), 'USD')).toEqual(wrong);
  });

  it('sends what changed and nothing else', () => {
    const was = service('s1');
    expect(changeOf(lineOf(was), was)).toBeUndefined();
    expect(changeOf({ ...lineOf(was), price: '95', on: false }, was)).toEqual({ price_minor: 9500, online: false });
    expect(newOf(line(), 'JPY')).toEqual({ category_id: 'c1', name: 'Peeling', duration_minutes: 45, price_minor: 70, online: true });
    expect([isBlank(line({ name: '', price: '' })), isBlank(line({ id: 's1', name: '', price: '' }))]).toEqual([true, false]);
  });
});

describe('who works here', () => {
  it('begins with whoever sits here', () => {
    const me = { id: 'u1', name: 'Selma' };
    const names = (all: ReturnType<typeof peopleOf>) => all.map(({ key, on, me: own }) => [key, on, own]);
    expect(names(peopleOf([staff('a'), staff('b', { user_id: 'u1' })], me))).toEqual([['b', true, true], ['a', true, false]]);
    expect(names(peopleOf([staff('a')], me))).toEqual([['me', false, true], ['a', true, false]]);
  });

  it('knows what one alone can’t do', () => {
    const both = { min_customers: 2, staff_per_customer: 1 };
    const services = [service('alone', { min_customers: 1, staff_per_customer: 1 }), service('two', both), service('off', { ...both, online: false })];
    const lines = services.map(lineOf);
    expect([shortOf(lines, services, 1), shortOf(lines, services, 2)]).toEqual([['two'], []]);
  });

  it('knows whether all work while the door is open', () => {
    const paused = staff('b', { hours: [{ location_id: 'l1', work: open, breaks: [{ weekday: 1, opens: '12:00', closes: '12:30' }] }] });
    expect(sameHours([staff('a')], 'l1', door)).toBe(true);
    expect(sameHours([staff('a')], 'l1', emptyWeek())).toBe(false);
    expect(sameHours([staff('a'), paused], 'l1', door)).toBe(false);
    expect(sameHours([staff('a')], 'elsewhere', door)).toBe(false);
  });

  it('leaves the hours of other places', () => {
    const both = staff('a', { hours: [{ location_id: 'l2', location_name: '', work: open, breaks: [] }] });
    expect(hoursAt(both, 'l1', door).locations.map(({ location_id }) => location_id)).toEqual(['l2', 'l1']);
    expect(hoursAt(both, 'l2', emptyWeek()).locations).toEqual([]);
  });

  it('adds skills and keeps what is special about the others', () => {
    const able = staff('a', { skills: [{ service_id: 's1', service_name: '', price_minor: 0, duration_minutes: null }] });
    expect(skillsWith(able, ['s1'])).toBeUndefined();
    expect(skillsWith(able, ['s1', 's2'])).toEqual({ skills: [{ service_id: 's1', price_minor: 0 }, { service_id: 's2' }] });
  });
});

describe('the page as it would be', () => {
  const base = {
    name: 'Lagoon',
    hue: 165,
    currency: 'USD',
    locations: [{ id: 'l1', name: 'Lagoon', address: '', time_zone: 'Pacific/Guam', hours: open }, { id: 'l2' }],
    services: [shown('s1'), shown('s2')],
    staff: [{ id: 'a', name: 'Ana', location_ids: ['l1'], services: [{ service_id: 's1' }] }],
  } as unknown as Shop;
  const draft: Draft = {
    services: [lineOf(service('s1')), lineOf(service('s2'))],
    categories: [{ id: 'c0', name: 'Body' }, { id: 'c1', name: 'Face' }],
    week: door,
    people: [{ key: 'a', id: 'a', name: 'Ana', email: '', on: true, me: false }],
    look: { name: 'Lagoon', hue: 165, address: '' },
  };

  it('is what it was while nothing is changed', () => {
    expect(pageWith(base, draft)).toEqual(base);
  });

  it('follows names, prices and what is switched off', () => {
    const services = [{ ...lineOf(service('s1')), name: 'Facial', price: '95' }, { ...lineOf(service('s2')), on: false }];
    expect(pageWith(base, { ...draft, services }).services).toEqual([{ ...shown('s1'), name: 'Facial', price_minor: 9500 }]);
  });

  it('shows what is half typed as it was', () => {
    const services = [{ ...lineOf(service('s1')), name: ' ', minutes: '', price: '9x' }];
    expect(pageWith(base, { ...draft, services }).services).toEqual([shown('s1')]);
  });

  it('puts what is new where it belongs', () => {
    const services = [...draft.services, line({ category: 'c0' }), line({ key: 'new-2', name: '', price: '' })];
    const found = pageWith(base, { ...draft, services }).services;
    expect(found.map(({ id, category }) => [id, category])).toEqual([['new-1', 'Body'], ['s1', 'Face'], ['s2', 'Face']]);
    expect(found[0]?.price_minor).toBe(7000);
  });

  it('follows hours, people and looks', () => {
    const people = [...draft.people.map((each) => ({ ...each, on: false })), { key: 'new-3', name: ' Jun ', email: '', on: true, me: false }];
    const look = { name: '', hue: 20, address: ' 7 Shore Road ' };
    const page = pageWith(base, { ...draft, week: emptyWeek(), people, look });
    expect(page).toMatchObject({ name: 'Lagoon', hue: 20 });
    expect(page.locations[0]).toMatchObject({ address: '7 Shore Road', hours: [] });
    expect(page.locations).toHaveLength(2);
    expect(page.staff).toEqual([{ id: 'new-3', name: 'Jun', location_ids: ['l1'], services: [{ service_id: 's1' }, { service_id: 's2' }] }]);
  });
});
