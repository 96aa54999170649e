import { describe, expect, it } from 'vitest';
import { headOf, leadOf } from './stands';

describe('a voucher that somebody buys', () => {
  const code = 'ABCD-EFGH-JKMN-PQRS';
  it.each([
    [{ state: 'open', code: null, recipient_email: 'lea@example.com' }, 'gift.open', undefined],
    [{ state: 'processing', code: null, recipient_email: null }, 'gift.processing', undefined],
    [{ state: 'paid', code, recipient_email: 'lea@example.com' }, 'gift.paid', 'gift.sent'],
    [{ state: 'paid', code, recipient_email: null }, 'gift.paid', 'gift.show'],
    // Used up, given back, or long ago.
    [{ state: 'paid', code: null, recipient_email: 'lea@example.com' }, 'gift.hidden', 'gift.hidden.lead'],
    [{ state: 'over', code: null, recipient_email: null }, 'gift.over', 'gift.over.lead'],
  ] as const)('%o', (gift, head, lead) => {
    expect(headOf(gift)).toBe(head);
    expect(leadOf(gift)).toBe(lead);
  });
});
