import { describe, expect, it } from 'vitest';
import { backTo, pageOf } from './ways';

it.each([
  ['card', 'by_card'],
  ['cash', 'by_hand'],
  ['terminal', 'by_hand'],
  ['other', 'by_hand'],
  ['voucher', 'by_voucher'],
  ['pass', 'by_pass'],
] as const)('what came by %s goes back %s', (way, back) => {
  expect(backTo(way)).toBe(back);
});

describe('where a payment leads', () => {
  const sale = { id: 'sal_1', what: 'pass' } as const;
  const all = () => true;
  const none = () => false;

  it.each([
    [{ visit: 'apt_1', sale: null, customer: 'cus_1' }, all, '/app?visit=apt_1'],
    [{ visit: 'apt_1', sale: null, customer: 'cus_1' }, none, undefined],
    [{ visit: null, sale, customer: 'cus_1' }, all, '/app/customers/cus_1'],
    [{ visit: null, sale, customer: 'cus_1' }, none, '/app/sold/passes'],
    [{ visit: null, sale: { ...sale, what: 'voucher' as const }, customer: null }, all, '/app/sold'],
    [{ visit: null, sale: { ...sale, what: 'membership' as const }, customer: null }, all, '/app/sold/memberships'],
    [{ visit: null, sale: null, customer: null }, all, undefined],
  ])('%o', (payment, can, page) => {
    expect(pageOf(payment, can)).toBe(page);
  });
});
