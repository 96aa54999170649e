import { describe, expect, it } from 'vitest';
import { another, bodyOf, draftOf, percentTyped, wrong, type Plan } from './draft';

const plan = {
  id: 'pln_1',
  version: 1,
  name: 'VIP',
  category_id: 'cat_1',
  description: 'For a year.',
  price_minor: 5000,
  period: 'year',
  discount_percent: 10,
  benefits: ['A mask', 'A smile'],
  service_ids: ['svc_1'],
} as Plan;

describe('a membership as a form', () => {
  it('says the same there and back', () => {
    expect({ ...plan, ...bodyOf(draftOf(plan, '', 'USD'), 'USD') }).toEqual(plan);
  });
  it('forgets benefits that say nothing', () => {
    const draft = draftOf(plan, '', 'USD');
    draft.benefits = another(draft.benefits);
    expect(draft.benefits.at(-1)).toEqual({ mark: 2, text: '' });
    expect(bodyOf(draft, 'USD').benefits).toEqual(plan.benefits);
  });
  it.each([
    ['', 0],
    ['10', 10],
    ['100', 100],
    ['101', undefined],
    ['ten', undefined],
  ])('%j percent', (text, percent) => {
    expect(percentTyped(text)).toBe(percent);
  });
  it('needs a name and a price', () => {
    expect(wrong(draftOf(undefined, 'cat_1', 'USD'), 'USD')).toEqual({ '/name': 'name', '/price_minor': 'amount' });
  });
});
