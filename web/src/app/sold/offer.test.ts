import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, wrong, type Offer } from './offer';

const offer: Offer = {
  offered: true,
  amounts_minor: [2500, 4950],
  least_minor: 1000,
  most_minor: 50_000,
  months: 36,
  location: null,
  version: 3,
};
const draft = draftOf(offer, 'USD');

describe('what is offered of vouchers', () => {
  it('is typed as people write amounts, and said as it was', () => {
    expect(draft.amounts).toEqual(['25', '49.50']);
    expect({ ...bodyOf(draft, 'USD'), version: 3 }).toEqual(offer);
    expect(draftOf({ ...offer, amounts_minor: [5000], least_minor: 1000 }, 'JPY')).toMatchObject({ amounts: ['5000'], least: '1000' });
  });

  it('has each amount once, the smallest first, and none that is empty', () => {
    expect(bodyOf({ ...draft, amounts: ['100', '', ' 50', '100.00', ' '] }, 'USD').amounts_minor).toEqual([5000, 10_000]);
  });

  it('says whose till it is, where that was chosen', () => {
    expect(bodyOf({ ...draft, location: 'loc_1' }, 'USD').location).toBe('loc_1');
  });

  it.each([
    [{}, {}],
    [{ amounts: ['', '25'] }, {}],
    [{ amounts: ['fifty', '0', '9.99', '500.01', '500'] }, {
      '/amounts_minor/0': 'amount',
      '/amounts_minor/1': 'amount',
      '/amounts_minor/2': 'bounds',
      '/amounts_minor/3': 'bounds',
    }],
    [{ least: '' }, { '/least_minor': 'amount' }],
    [{ amounts: [], least: '600' }, { '/most_minor': 'order' }],
    [{ most: '0' }, { '/most_minor': 'amount' }],
    [{ most: '100000000.01' }, { '/most_minor': 'amount' }],
    [{ months: '121' }, { '/months': 'months' }],
  ])('%o: %o', (typed, amiss) => {
    expect(wrong({ ...draft, ...typed }, 'USD')).toEqual(amiss);
  });

  it('has no smaller coin where there is none', () => {
    expect(wrong({ ...draft, amounts: ['50.5'], least: '1000', most: '50000' }, 'JPY')).toEqual({ '/amounts_minor/0': 'amount' });
  });
});
