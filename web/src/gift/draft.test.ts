import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bodyOf, empty, keep, known, worthOf, wrong, type Draft } from './draft';

const offer = { currency: 'USD', amounts_minor: [2500, 5000], least_minor: 1000, most_minor: 50_000, months: 36, form: true };
const full: Draft = { ...empty(offer), name: ' Nina Two ', email: 'nina@example.com' };

describe('a voucher that somebody is about to buy', () => {
  it('begins with what is suggested first, or with nothing', () => {
    expect(empty(offer).amount).toBe(2500);
    expect(empty({ amounts_minor: [] }).amount).toBe('other');
  });

  it('needs an amount, and who it is from', () => {
    expect(wrong(full, offer)).toEqual({});
    expect(wrong({ ...empty(offer), amount: 'other' }, offer)).toEqual({
      '/value_minor': 'gift.amiss.amount',
      '/buyer_name': 'gift.amiss.name',
      '/buyer_email': 'email.missing',
    });
    expect(wrong({ ...full, amount: 'other', other: '9.99' }, offer)).toEqual({ '/value_minor': 'gift.amiss.least' });
    expect(wrong({ ...full, amount: 'other', other: '500.01' }, offer)).toEqual({ '/value_minor': 'gift.amiss.most' });
    expect(wrong({ ...full, to: 'lea@', email: 'nina' }, offer)).toEqual({
      '/recipient_email': 'who.email.wrong',
      '/buyer_email': 'who.email.wrong',
    });
  });

  it('is worth what was chosen, or else what was typed', () => {
    expect(worthOf({ amount: 5000, other: '70' }, offer)).toBe(5000);
    expect(worthOf({ amount: 'other', other: '70' }, offer)).toBe(7000);
    expect(worthOf({ amount: 'other', other: '7000' }, { currency: 'JPY' })).toBe(7000);
  });

  it('says what was typed, and no address where there is none', () => {
    const body = { value_minor: 2500, buyer_name: 'Nina Two', buyer_email: 'nina@example.com', recipient_name: '', message: '', locale: 'fr' };
    expect(bodyOf(full, offer, 'fr')).toEqual(body);
    expect(bodyOf({ ...full, recipient: ' Léa', to: ' lea@example.com', message: 'Voilà ' }, offer, 'fr')).toEqual({
      ...body,
      recipient_name: 'Léa',
      recipient_email: 'lea@example.com',
      message: 'Voilà',
    });
  });
});

describe('what was typed before', () => {
  const stored = new Map<string, string>();
  beforeEach(() => {
    vi.stubGlobal('sessionStorage', {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => stored.set(name, value),
      removeItem: (name: string) => stored.delete(name),
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    stored.clear();
  });

  it('is there again, in its shop alone, until it is paid', () => {
    keep('lagoon', { ...full, amount: 5000 });
    expect(known('lagoon', offer)).toEqual({ ...full, amount: 5000 });
    expect(known('harbour', offer)).toEqual(empty(offer));
    keep('lagoon', null);
    expect(known('lagoon', offer)).toEqual(empty(offer));
  });

  it('has no amount that isn’t suggested any more', () => {
    keep('lagoon', { ...full, amount: 7500 });
    expect(known('lagoon', offer)).toEqual({ ...full, amount: 2500 });
  });

  it('is nothing where it can’t be read', () => {
    stored.set('openchair.gift.lagoon', '{');
    expect(known('lagoon', offer)).toEqual(empty(offer));
  });
});
