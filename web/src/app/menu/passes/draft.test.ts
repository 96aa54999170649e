import { describe, expect, it } from 'vitest';
import { bodyOf, daysTyped, draftOf, usesTyped, wrong, type Kind } from './draft';

const kind = {
  id: 'pki_1',
  version: 1,
  name: 'Ten massages',
  description: 'For a year.',
  service_ids: ['svc_1', 'svc_2'],
  uses: 10,
  price_minor: 72_050,
  valid_days: 365,
} as Kind;

describe('a kind of pass as a form', () => {
  it('says the same there and back', () => {
    expect({ ...kind, ...bodyOf(draftOf(kind, 'USD'), 'USD') }).toEqual(kind);
  });
  it('needs a name, a price and services', () => {
    expect(wrong(draftOf(undefined, 'USD'), 'USD')).toEqual({ '/name': 'name', '/price_minor': 'amount', '/service_ids': 'services' });
    expect(wrong(draftOf(kind, 'USD'), 'USD')).toEqual({});
    expect(wrong({ ...draftOf(kind, 'USD'), price: '0', uses: '101', days: '0' }, 'USD')).toEqual({
      '/price_minor': 'amount',
      '/uses': 'uses',
      '/valid_days': 'days',
    });
  });
  it.each([
    ['1', 1, 1],
    [' 100 ', 100, 100],
    ['101', undefined, 101],
    ['3650', undefined, 3650],
    ['3651', undefined, undefined],
    ['0', undefined, undefined],
    ['2.5', undefined, undefined],
    ['', undefined, undefined],
  ])('%j is %j uses, %j days', (text, uses, days) => {
    expect(usesTyped(text)).toBe(uses);
    expect(daysTyped(text)).toBe(days);
  });
});
