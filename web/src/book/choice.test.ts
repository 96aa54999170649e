import { describe, expect, it } from 'vitest';
import { chosenAgain } from './again';
import { needsWhom } from './booking/steps';
import {
  goesWith,
  lengthOf,
  nothing,
  partyRange,
  peopleOf,
  priceOf,
  queryOf,
  stillOffered,
  wantedOf,
  whoCan,
  type Choice,
  type Service,
  type Shop,
} from './choice';

const service = (id: string, more: Partial<Service> = {}): Service => ({
  id,
  name: id,
  category: 'All',
  category_id: 'cat',
  description: '',
  addon_ids: [],
  form_ids: [],
  deposit: { kind: 'none', value: 0 },
  duration_minutes: 60,
  members_only: false,
  min_customers: 1,
  max_customers: 1,
  price_for: 'customer',
  price_minor: 8000,
  ...more,
});

const shop = {
  locations: [{ id: 'north' }, { id: 'south' }],
  services: [
    service('facial', { addon_ids: ['oil'] }),
    service('wrap', { duration_minutes: 30, price_minor: 5000 }),
    service('couples', { min_customers: 2, max_customers: 2 }),
    service('soak', { max_customers: 2, price_for: 'visit' }),
  ],
  addons: [{ id: 'oil', name: 'Oil', duration_minutes: 15, price_minor: 1000 }],
  packages: [
    { id: 'day', price_minor: 12000, duration_minutes: 90, items: [{ service_id: 'facial' }, { service_id: 'wrap' }] },
  ],
  staff: [
    {
      id: 'selma',
      location_ids: ['north'],
      services: [{ service_id: 'facial', price_minor: 9000, duration_minutes: 75 }, { service_id: 'wrap' }],
    },
    { id: 'jun', location_ids: ['north', 'south'], services: [{ service_id: 'facial' }] },
  ],
} as unknown as Shop;

const choice = (more: Partial<Choice>): Choice => ({ ...nothing('north'), ...more });
const facial = { service: 'facial', addons: ['oil'] };
const wrap = { service: 'wrap', addons: [] };

describe.each([
  ['one with an add-on', { items: [facial] }, 'facial:oil', 75, 9000],
  ['two after another, with somebody', { items: [facial, wrap], staff: 'selma' }, 'facial:oil,wrap', 120, 15000],
  ['one for two', { items: [{ service: 'couples', addons: [] }], party: 2 }, 'couples', 60, 16000],
  ['one whose price is the visit’s', { items: [{ service: 'soak', addons: [] }], party: 2 }, 'soak', 60, 8000],
  [
    'the same again, by two',
    { items: [{ service: 'couples', addons: [], second: 'jun' }], party: 2 },
    'couples@@jun',
    60,
    16000,
  ],
])('%s', (_, more, services, length, price) => {
  it('is asked for in the query, takes and costs what the menu says', () => {
    expect(queryOf(choice(more))).toMatchObject({ services });
    expect(lengthOf(choice(more), shop)).toBe(length);
    expect(priceOf(choice(more), shop)).toBe(price);
  });
});

it('asks for the second only where two come', () => {
  const items = [{ service: 'soak', addons: [], staff: 'selma', second: 'jun' }];
  expect(queryOf(choice({ items, party: 2 }))).toMatchObject({ services: 'soak@selma@jun' });
  expect(queryOf(choice({ items }))).toMatchObject({ services: 'soak@selma' });
  expect(wantedOf(choice({ items }))).toMatchObject({ services: [{ service: 'soak', staff: 'selma' }] });
  expect([peopleOf(choice({ items, party: 2 })), peopleOf(choice({ items }))]).toEqual([['selma', 'jun'], ['selma']]);
  const whole = choice({ package: 'day', staff: 'selma', second: 'jun' });
  expect([queryOf(whole).staff, queryOf({ ...whole, party: 2 }).staff]).toEqual(['selma', 'selma,jun']);
  expect(wantedOf({ ...whole, party: 2 }).staff).toEqual(['selma', 'jun']);
});

it.each([
  [choice({}), true],
  [choice({ items: [facial] }), true],
  [choice({ items: [facial], location: 'south' }), false],
  // One does all of it, and of a part of it there is somebody else.
  [choice({ items: [wrap, facial] }), true],
  [choice({ items: [wrap] }), false],
  [choice({ package: 'day' }), false],
])('asks by whom where there is anybody to choose among', (own, expected) => {
  expect(needsWhom(own, shop)).toBe(expected);
});

it('asks for a package by itself', () => {
  const own = choice({ package: 'day', staff: 'selma' });
  expect(queryOf(own)).toEqual({ package: 'day', location: 'north', staff: 'selma' });
  expect(wantedOf(own)).toEqual({ package: 'day', party: 1, staff: ['selma'] });
  expect([lengthOf(own, shop), priceOf(own, shop)]).toEqual([90, 12000]);
});

it('says who shall do which service, where the same is had again', () => {
  const again = { location: 'south', offered: true, party: 2, shop: 'x' };
  const services = [{ service: 'couples', staff: 'selma', second_staff: 'jun', addons: ['oil'] }];
  const own = chosenAgain({ ...again, wanted: { services, party: 2 } } as never);
  expect(wantedOf(own)).toEqual({ services, party: 2, staff: [] });
  expect(queryOf(own)).toEqual({ services: 'couples@selma@jun:oil', location: 'south', party: 2 });
});

it('takes one who did all of it for whom they chose', () => {
  const services = [{ service: 'facial', staff: 'selma' }, { service: 'wrap', staff: 'selma' }];
  const own = chosenAgain({ location: 'north', offered: true, party: 1, shop: 'x', wanted: { services } } as never);
  expect(queryOf(own)).toEqual({ services: 'facial,wrap', location: 'north', staff: 'selma' });
});

it.each([
  [choice({ items: [facial] }), ['selma', 'jun']],
  [choice({ items: [facial, wrap] }), ['selma']],
  [choice({ items: [facial], location: 'south' }), ['jun']],
  [choice({ package: 'day' }), ['selma']],
  [choice({ items: [{ service: 'soak', addons: [] }] }), []],
])('knows who can do all of it, where one goes', (own, expected) => {
  expect(whoCan(own, shop).map(({ id }) => id)).toEqual(expected);
});

it.each([
  [choice({ items: [facial] }), 1, 1],
  [choice({ items: [{ service: 'couples', addons: [] }] }), 2, 2],
  [choice({ items: [{ service: 'soak', addons: [] }] }), 1, 2],
  [choice({ items: [{ service: 'soak', addons: [] }, facial] }), 1, 1],
  [choice({ package: 'day' }), 1, 1],
])('knows how many may come', (own, least, most) => {
  expect(partyRange(own, shop)).toEqual({ least, most });
});

it('puts into one visit only what fits those who come', () => {
  const two = choice({ items: [{ service: 'couples', addons: [] }], party: 2 });
  expect(shop.services.filter((each) => goesWith(each, two)).map(({ id }) => id)).toEqual(['couples', 'soak']);
  expect(goesWith(shop.services[0] as Service, choice({ package: 'day' }))).toBe(false);
});

it('forgets what is no longer on the menu', () => {
  const old = choice({ items: [facial, { service: 'gone', addons: [] }], staff: 'left', location: 'west' });
  expect(stillOffered(old, shop)).toEqual(choice({ items: [facial], location: null }));
  const left = choice({ items: [{ ...wrap, staff: 'left' }, { ...facial, staff: 'jun' }] });
  expect(stillOffered(left, shop)).toEqual(choice({ items: [wrap, facial] }));
  const here = choice({ items: [{ ...wrap, staff: 'selma' }, { ...facial, staff: 'jun' }] });
  expect(stillOffered(here, shop)).toEqual(here);
});
