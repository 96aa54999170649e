import { describe, expect, it } from 'vitest';
import { added, bodyOf, draftOf, wrong, type Package } from './draft';

const one = {
  id: 'pkg_1',
  version: 2,
  name: 'Island day',
  category_id: 'cat_1',
  description: '',
  price_minor: 16500,
  mode: 'sequence',
  online: true,
  service_ids: ['scrub', 'massage', 'scrub'],
} as Package;

describe('a package as a form', () => {
  it('says the same there and back', () => {
    expect({ ...one, ...bodyOf(draftOf(one, '', 'USD'), 'USD') }).toEqual(one);
  });
  it('gives every service a mark of its own', () => {
    const items = added(added(draftOf(one, '', 'USD').items.slice(1), 'scrub'), 'scrub');
    expect(new Set(items.map(({ mark }) => mark)).size).toBe(items.length);
    expect(added([], 'wrap')).toEqual([{ mark: 0, service: 'wrap' }]);
  });
  it('needs a name, a price and a service', () => {
    expect(wrong(draftOf(undefined, 'cat_1', 'USD'), 'USD')).toEqual({
      '/name': 'name',
      '/price_minor': 'amount',
      '/service_ids': 'services',
    });
    expect(wrong(draftOf(one, '', 'USD'), 'USD')).toEqual({});
  });
});
