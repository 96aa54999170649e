import { describe, expect, it } from 'vitest';
import { bodyOf, empty, monthsTyped, wrong } from './voucher';

describe('a voucher that is sold', () => {
  it('needs an amount', () => {
    expect(wrong(empty('loc_1'), 'USD')).toEqual({ '/value_minor': 'amount' });
    expect(wrong({ ...empty('loc_1'), value: '0' }, 'USD')).toEqual({ '/value_minor': 'amount' });
    expect(wrong({ ...empty('loc_1'), value: '100000000.01' }, 'USD')).toEqual({ '/value_minor': 'amount' });
    expect(wrong({ ...empty('loc_1'), value: '50' }, 'USD')).toEqual({});
  });

  it.each([
    ['36', 36],
    [' 1 ', 1],
    ['120', 120],
    ['0', undefined],
    ['121', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['a year', undefined],
  ])('is good for %j months: %j', (text, months) => {
    expect(monthsTyped(text)).toBe(months);
  });

  it('says what was typed, and nothing of what wasn’t', () => {
    expect(bodyOf({ ...empty('loc_1'), value: '49,50' }, 'USD')).toEqual({
      location: 'loc_1',
      value_minor: 4950,
      way: 'cash',
      recipient_name: '',
      message: '',
      months: 36,
      note: '',
    });
  });

  it('is sent in a language if it is sent', () => {
    const draft = { ...empty('loc_1', 'cus_1'), value: '50', locale: 'fr', name: ' Léa ' };
    expect(bodyOf(draft, 'EUR')).toMatchObject({ customer: 'cus_1', recipient_name: 'Léa' });
    expect(bodyOf(draft, 'EUR')).not.toHaveProperty('recipient_locale');
    expect(bodyOf({ ...draft, email: 'lea@example.com ' }, 'EUR')).toMatchObject({ recipient_email: 'lea@example.com', recipient_locale: 'fr' });
  });
});
