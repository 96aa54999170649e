import { expect, it } from 'vitest';
import type { Chosen } from './order';
import type { Shop } from './shop.svelte';
import { Want } from './want.svelte';

const someone = (id: string, ...services: string[]) => ({ id, name: id, skills: services.map((service_id) => ({ service_id })) });
const service = (id: string) => ({ id, min_customers: 1, max_customers: 2 });
const shop = {
  staff: {
    value: [someone('ana', 'svc_a', 'svc_b'), someone('ben', 'svc_a', 'svc_b'), someone('cleo', 'svc_a')],
    want: () => Promise.resolve(undefined),
  },
  services: { value: [service('svc_a'), service('svc_b')] },
} as unknown as Shop;
const one = (id: string, staff?: string): Chosen => ({ service: id, addons: [], ...(staff && { staff }) });

it.each<[string, string, Chosen[], string[]]>([
  ['anybody who can', '', [one('svc_a')], ['ana', 'ben', 'cleo']],
  ['nobody who can’t do all of it', '', [one('svc_a'), one('svc_b')], ['ana', 'ben']],
  ['not the first of them', 'ana', [one('svc_a')], ['ben', 'cleo']],
  ['nobody who is named for a service of the first', '', [one('svc_a', 'ben'), one('svc_b')], ['ana']],
])('the second of two is served by %s', (_, staff, chosen, wanted) => {
  const want = new Want(shop);
  [want.chosen, want.staff, want.party] = [chosen, staff, '2'];
  expect(want.seconds.map(({ id }) => id)).toEqual(wanted);
});

it('a second who is named for a service afterwards is nobody’s second any more', () => {
  const want = new Want(shop);
  [want.chosen, want.party, want.second] = [[one('svc_a')], '2', 'ben'];
  expect(want.wanted.services?.[0]?.second_staff).toBe('ben');
  want.chosen = [one('svc_a', 'ben')];
  expect(want.wanted.services?.[0]).toEqual({ service: 'svc_a', addons: [], staff: 'ben' });
});
