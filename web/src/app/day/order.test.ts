import { describe, expect, it } from 'vitest';
import { parties, queryOf, wantedOf, type Order } from './order';

const order = (some: Partial<Order>): Order => ({ chosen: [], pack: '', party: 1, staff: '', room: '', ...some });
const two = [{ service: 'svc_a', addons: ['add_1', 'add_2'] }, { service: 'svc_b', addons: [] }];

describe('an order', () => {
  it.each<[Partial<Order>, ReturnType<typeof queryOf>]>([
    [{}, undefined],
    [{ chosen: two }, { services: 'svc_a:add_1:add_2,svc_b', party: 1 }],
    [{ chosen: two, staff: 'stf_a', room: 'rom_a' }, { services: 'svc_a:add_1:add_2,svc_b', party: 1, staff: 'stf_a', room: 'rom_a' }],
    [{ pack: 'pkg_a', party: 2 }, { package: 'pkg_a', party: 2 }],
  ])('%j is asked for as %j', (some, query) => expect(queryOf(order(some))).toEqual(query));

  it.each<[Partial<Order>, ReturnType<typeof wantedOf>]>([
    [{ chosen: two, staff: 'stf_a' }, { services: two, party: 1, staff: ['stf_a'] }],
    [{ pack: 'pkg_a', party: 2 }, { package: 'pkg_a', party: 2 }],
  ])('%j is booked as %j', (some, wanted) => expect(wantedOf(order(some))).toEqual(wanted));

  it.each([
    [[[1, 1]], [1]],
    [[[1, 2], [1, 2]], [1, 2]],
    [[[2, 2]], [2]],
    [[[1, 1], [2, 2]], []],
    [[], [1, 2]],
  ])('services for %j can be had by %j', (all, wanted) => {
    expect(parties(all.map(([min = 1, max = 1]) => ({ min_customers: min, max_customers: max })))).toEqual(wanted);
  });
});
