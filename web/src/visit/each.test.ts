import { expect, it } from 'vitest';
import { nothing, queryOf, wantedOf, type Choice, type Shop } from '../book/choice';
import { apart, given, handsOf, isApart } from './each';

const who = (id: string, ...services: string[]) => ({
  id,
  location_ids: ['here'],
  services: services.map((service_id) => ({ service_id })),
});
const shop = {
  locations: [{ id: 'here' }],
  packages: [{ id: 'day', items: [{ service_id: 'cut' }, { service_id: 'soak' }] }],
  staff: [who('ana', 'cut', 'soak'), who('ben', 'cut', 'colour'), who('cem', 'cut', 'soak'), who('dia', 'tint')],
} as unknown as Shop;

const choice = (services: string[], more: Partial<Choice> = {}): Choice => ({
  ...nothing('here'),
  items: services.map((service) => ({ service, addons: [] })),
  ...more,
});
const day = (more: Partial<Choice> = {}) => choice([], { package: 'day', ...more });
const asked = (own: Choice) =>
  handsOf(own, shop).map(({ at, second, able }) => [at, second ? 2 : 1, able.map(({ id }) => id).join(' ')]);

it.each<[string, Choice, unknown[]]>([
  ['one service for one', choice(['cut']), []],
  ['two services, with one who does one alone', choice(['cut', 'colour']), [[0, 1, 'ana ben cem']]],
  ['two services that nobody does both of', choice(['soak', 'tint']), [[0, 1, 'ana cem']]],
  ['one service for two', choice(['soak'], { party: 2 }), [[0, 1, 'ana cem'], [0, 2, 'ana cem']]],
  ['nobody to choose among', choice(['colour', 'tint']), []],
  ['a package for one', day(), []],
  ['a package for two, where nobody is named yet', day({ party: 2 }), [[null, 1, 'ana cem']]],
  ['a package for two', day({ party: 2, staff: 'ana' }), [[null, 1, 'ana cem'], [null, 2, 'cem']]],
])('%s', (_, own, expected) => {
  expect(asked(own)).toEqual(expected);
});

it('gives each service its own, and asks for them so', () => {
  const own = choice(['cut', 'soak']);
  const [cut, soak] = handsOf(own, shop);
  if (!cut || !soak) throw new Error('both can be chosen for');
  const both = given(given(own, cut, 'ben'), soak, 'ana');
  expect(queryOf(both)).toMatchObject({ services: 'cut@ben,soak@ana' });
  expect(handsOf(both, shop).map(({ chosen }) => chosen)).toEqual(['ben', 'ana']);
  expect(isApart(both)).toBe(true);
  const neither = given(given(both, cut, ''), soak, '');
  expect([neither, isApart(neither)]).toEqual([own, false]);
});

it('gives two of them two, never the same', () => {
  const own = choice(['soak'], { party: 2 });
  const [, guest] = handsOf(own, shop);
  if (!guest) throw new Error('there are two');
  const half = given(own, guest, 'cem');
  expect(asked(half)).toEqual([[0, 1, 'ana'], [0, 2, 'ana cem']]);
  expect(wantedOf(half).services).toEqual([{ service: 'soak', addons: [], second_staff: 'cem' }]);
});

it('names the second of a package behind the first, and not without', () => {
  const own = day({ party: 2, staff: 'ana' });
  const [first, guest] = handsOf(own, shop);
  if (!first || !guest) throw new Error('there are two');
  const both = given(own, guest, 'cem');
  expect(wantedOf(both).staff).toEqual(['ana', 'cem']);
  expect(wantedOf(given(both, first, '')).staff).toEqual([]);
  expect(given(both, first, '').second).toBeNull();
});

it('begins with whoever was to do all of it, where they can', () => {
  const own = apart(choice(['cut', 'colour', 'tint'], { staff: 'ben' }), shop);
  expect(own.staff).toBeNull();
  expect(queryOf(own)).toMatchObject({ services: 'cut@ben,colour@ben,tint' });
  expect(apart(day({ staff: 'ana' }), shop).staff).toBe('ana');
});
