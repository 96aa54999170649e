import { expect, it } from 'vitest';
import type { Customer } from '../record';
import { lost, outcomes, richer, type Outcome } from './merge';

const who = (change: Partial<Customer>): Customer => ({
  id: 'cus_1',
  name: 'Ana Cruz',
  email: null,
  phone: null,
  locale: null,
  channel: null,
  note: '',
  tags: [],
  consents: { marketing_email: null, marketing_sms: null, reminders_sms: null },
  has_medical: false,
  source: 'staff',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  erased_at: null,
  version: 1,
  ...change,
});
const of = (field: Outcome['field'], kept: Customer, gone: Customer) =>
  outcomes(kept, gone).find((each) => each.field === field);

it.each([
  ['stays', { email: 'a@x.org' }, { email: 'b@x.org' }, 'a@x.org', 'kept'],
  ['is filled in', {}, { email: 'b@x.org' }, 'b@x.org', 'filled'],
  ['is the same', { email: 'A@x.org' }, { email: 'a@x.org' }, 'A@x.org', 'same'],
  ['has no rival', { email: 'a@x.org' }, {}, 'a@x.org', 'same'],
  ['is nothing', {}, {}, '', 'nothing'],
] as const)('an address %s', (_, kept, gone, result, fate) => {
  expect(of('email', who(kept), who(gone))).toMatchObject({ result, fate });
});

it.each([
  [['regular'], ['VIP'], 'regular, VIP', 'joined'],
  [['VIP'], ['vip'], 'VIP', 'same'],
  [[], ['VIP'], 'VIP', 'filled'],
  [[], [], '', 'nothing'],
])('tags %j and %j become %j', (kept, gone, result, fate) => {
  expect(of('tags', who({ tags: kept }), who({ tags: gone }))).toMatchObject({ result, fate });
});

it('names what nobody sees any more', () => {
  const all = outcomes(who({ note: 'window', phone: '+1' }), who({ note: 'door', name: 'Anna', email: 'a@x.org' }));
  expect(lost(all)).toEqual(['name', 'note']);
});

it('proposes the record that says more, else the older one', () => {
  const poor = who({ id: 'cus_poor', created_at: '2020-01-01T00:00:00Z' });
  const rich = who({ id: 'cus_rich', email: 'a@x.org', tags: ['x'] });
  const young = who({ id: 'cus_young', created_at: '2026-05-01T00:00:00Z' });
  expect([richer(poor, rich).id, richer(rich, poor).id]).toEqual(['cus_rich', 'cus_rich']);
  expect([richer(poor, young).id, richer(young, poor).id]).toEqual(['cus_poor', 'cus_poor']);
});
