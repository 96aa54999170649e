import { describe, expect, it } from 'vitest';
import type { ServiceView, StaffView } from './load';
import { amiss, chosen, draftsOf, sections, skillsOf, usual } from './skills';

const service = (id: string, name: string, category: string) =>
  ({ id, name, category: { id: category, name: category } }) as ServiceView;
const menu = [service('a', 'Café facial', 'Facials'), service('b', 'Back wax', 'Waxing'), service('c', 'Chin wax', 'Waxing')];
const order = [
  { id: 'Waxing', name: 'Waxing' },
  { id: 'Facials', name: 'Facials' },
];

it('travels to the API and back', () => {
  const skills = [
    { service_id: 'a', service_name: 'A', duration_minutes: 45, price_minor: 6550 },
    { service_id: 'b', service_name: 'B', duration_minutes: null, price_minor: null },
  ];
  const drafts = draftsOf({ skills } as unknown as StaffView, 'USD');
  expect(drafts).toEqual({ a: { minutes: '45', price: '65.50' }, b: usual() });
  expect(skillsOf(drafts, 'USD')).toEqual([
    { service_id: 'a', duration_minutes: 45, price_minor: 6550 },
    { service_id: 'b' },
  ]);
});

it.each([
  ['', '', false, false],
  ['45', '65,50', false, false],
  ['0', '-1', true, true],
  ['1441', '1.234', true, true],
  ['4.5', 'ten', true, true],
])('%s minutes for %s', (minutes, price, wrongMinutes, wrongPrice) => {
  expect(amiss({ minutes, price }, 'USD')).toEqual({ minutes: wrongMinutes, price: wrongPrice });
});

describe('the menu', () => {
  it.each([
    ['', ['Waxing: b c', 'Facials: a']],
    ['cafe', ['Facials: a']],
    ['WAX', ['Waxing: b c']],
    ['nothing', []],
  ])('with "%s" searched for', (search, wanted) => {
    const found = sections(menu, order, search).map(({ name, services }) => `${name}: ${services.map(({ id }) => id).join(' ')}`);
    expect(found).toEqual(wanted);
  });

  it('is chosen by the category, and what was typed stays', () => {
    const typed = { b: { minutes: '20', price: '' } };
    expect(chosen(typed, ['b', 'c'], true)).toEqual({ b: { minutes: '20', price: '' }, c: usual() });
    expect(chosen(typed, ['b', 'c'], false)).toEqual({});
  });
});
