import { describe, expect, it } from 'vitest';
import { changed, rebased, same } from './changes';

describe('changes', () => {
  const before = { name: 'Cut', price: '30', forms: ['a'] };

  it('says what is the same', () => {
    expect(same(before, { ...before, forms: ['a'] })).toBe(true);
    expect(same(['a', 'b'], ['b', 'a'])).toBe(false);
  });
  it('sends only what is another than before', () => {
    expect(changed(before, { ...before, price: '35', forms: ['a'] })).toEqual({ price: '35' });
    expect(changed(before, { ...before, forms: [] })).toEqual({ forms: [] });
    expect(changed(before, before)).toEqual({});
  });
  it('keeps one’s own changes and takes the others’', () => {
    const mine = { ...before, price: '35' };
    const theirs = { name: 'Haircut', price: '32', forms: ['a', 'b'] };
    expect(rebased(before, mine, theirs)).toEqual({ name: 'Haircut', price: '35', forms: ['a', 'b'] });
  });
});
