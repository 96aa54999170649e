import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, wrong, type Draft, type Service } from './draft';

const plain = (): Draft => ({ ...draftOf(undefined, 'cat_1', 'USD'), name: 'Cut', duration: '45', price: '39.50' });

const service = {
  id: 'svc_1',
  version: 3,
  name: 'Massage for two',
  category: { id: 'cat_2', name: 'Massage' },
  description: 'Side by side.',
  currency: 'JPY',
  duration_minutes: 60,
  price_minor: 12000,
  price_for: 'visit',
  min_customers: 2,
  max_customers: 2,
  online: true,
  members_only: false,
  deposit: { kind: 'fixed', value: 3000 },
  buffer_before_minutes: 5,
  buffer_after_minutes: 15,
  staff_per_customer: 1,
  needs_room: true,
  room_features: ['shower'],
  room_features_for_two: ['couples'],
  addon_ids: ['add_1'],
  form_ids: [],
  policy: { notice_minutes: 60, horizon_days: null, needs_approval: false },
} as Service;

describe('a service as a form', () => {
  it('needs three fields, and is plain in all else', () => {
    expect(wrong(draftOf(undefined, 'cat_1', 'USD'), 'USD')).toEqual({
      '/name': 'name',
      '/duration_minutes': 'length',
      '/price_minor': 'amount',
    });
    expect(wrong(plain(), 'USD')).toEqual({});
    expect(bodyOf(plain(), 'USD')).toMatchObject({
      name: 'Cut',
      category_id: 'cat_1',
      duration_minutes: 45,
      price_minor: 3950,
      online: true,
      max_customers: 1,
      deposit: { kind: 'none', value: 0 },
      staff_per_customer: 1,
      policy: {},
    });
  });

  it('says the same there and back', () => {
    const { category_id, policy, ...body } = bodyOf(draftOf(service, '', 'JPY'), 'JPY');
    expect({ ...service, ...body }).toEqual(service);
    expect(category_id).toBe(service.category.id);
    // What is as the shop has it isn't said.
    expect(policy).toEqual({ notice_minutes: 60, needs_approval: false });
  });

  it('asks nothing of a room that isn’t needed', () => {
    const draft = { ...draftOf(service, '', 'JPY'), needsRoom: false };
    expect(bodyOf(draft, 'JPY')).toMatchObject({ room_features: [], room_features_for_two: [] });
    expect(bodyOf({ ...draft, needsRoom: true, party: 'one' }, 'JPY')).toMatchObject({
      room_features: ['shower'],
      room_features_for_two: [],
      max_customers: 1,
    });
  });

  it.each<[Partial<Draft>, Record<string, string>]>([
    [{ duration: '0' }, { '/duration_minutes': 'length' }],
    [{ duration: '1:30' }, {}],
    [{ duration: '1441' }, { '/duration_minutes': 'length' }],
    [{ price: '12.345' }, { '/price_minor': 'amount' }],
    [{ price: '0' }, {}],
    [{ after: '300' }, { '/buffer_after_minutes': 'length' }],
    [{ deposit: 'fixed', depositValue: '' }, { '/deposit/value': 'amount' }],
    [{ deposit: 'fixed', depositValue: '40' }, { '/deposit/value': 'deposit' }],
    [{ deposit: 'fixed', depositValue: '39.5' }, {}],
    [{ deposit: 'percent', depositValue: '0' }, { '/deposit/value': 'percent' }],
    [{ deposit: 'percent', depositValue: '101' }, { '/deposit/value': 'percent' }],
    [{ deposit: 'percent', depositValue: '25' }, {}],
  ])('%j is amiss in %j', (change, found) => {
    expect(wrong({ ...plain(), ...change }, 'USD')).toEqual(found);
  });
});
