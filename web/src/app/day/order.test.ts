import { describe, expect, it } from 'vitest';
import { ableTo, parties, queryOf, wantedOf, type Order } from './order';

const order = (some: Partial<Order>): Order => ({ chosen: [], pack: '', party: 1, staff: '', room: '', ...some });
const two = [{ service: 'svc_a', addons: ['add_1', 'add_2'] }, { service: 'svc_b', addons: [] }];
const by = [{ service: 'svc_a', addons: ['add_1'], staff: 'stf_a' }, { service: 'svc_b', addons: [], staff: '' }];

describe('an order', () => {
  it.each<[Partial<Order>, ReturnType<typeof queryOf>]>([
    [{}, undefined],
    [{ chosen: two }, { services: 'svc_a:add_1:add_2,svc_b', party: 1 }],
    [{ chosen: two, staff: 'stf_a', room: 'rom_a' }, { services: 'svc_a:add_1:add_2,svc_b', party: 1, staff: 'stf_a', room: 'rom_a' }],
    [{ pack: 'pkg_a', party: 2 }, { package: 'pkg_a', party: 2 }],
    [{ chosen: by, staff: 'stf_c' }, { services: 'svc_a:add_1@stf_a,svc_b', party: 1, staff: 'stf_c' }],
    [{ chosen: by, second: 'stf_b' }, { services: 'svc_a:add_1@stf_a,svc_b', party: 1 }],
    [{ chosen: by, party: 2, second: 'stf_b' }, { services: 'svc_a:add_1@stf_a@stf_b,svc_b@@stf_b', party: 2 }],
    [{ pack: 'pkg_a', party: 2, staff: 'stf_a', second: 'stf_b' }, { package: 'pkg_a', party: 2, staff: 'stf_a,stf_b' }],
    [{ pack: 'pkg_a', party: 2, second: 'stf_b' }, { package: 'pkg_a', party: 2 }],
  ])('%j is asked for as %j', (some, query) => expect(queryOf(order(some))).toEqual(query));

  it.each<[Partial<Order>, ReturnType<typeof wantedOf>]>([
    [{ chosen: two, staff: 'stf_a' }, { services: two, party: 1, staff: ['stf_a'] }],
    [{ pack: 'pkg_a', party: 2 }, { package: 'pkg_a', party: 2 }],
    [
      { chosen: by, party: 2, second: 'stf_b', staff: 'stf_c' },
      {
        services: [
          { service: 'svc_a', addons: ['add_1'], staff: 'stf_a', second_staff: 'stf_b' },
          { service: 'svc_b', addons: [], second_staff: 'stf_b' },
        ],
        party: 2,
        staff: ['stf_c'],
      },
    ],
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

  it('is done by who can do all of it', () => {
    const staff = [
      { id: 'stf_a', skills: [{ service_id: 'svc_a' }, { service_id: 'svc_b' }] },
      { id: 'stf_b', skills: [{ service_id: 'svc_b' }] },
    ];
    expect(ableTo(staff, ['svc_a', 'svc_b']).map(({ id }) => id)).toEqual(['stf_a']);
    expect(ableTo(staff, [])).toHaveLength(2);
  });
});
