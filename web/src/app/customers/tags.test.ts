import { expect, it } from 'vitest';
import { fold, tagsOf, united } from './tags';

it.each([
  ['', []],
  [' , ;', []],
  ['regular', ['regular']],
  ['regular, VIP ; kids', ['regular', 'VIP', 'kids']],
  ['Café, cafe, CAFÉ', ['Café']],
  ['زبونة، دائمة', ['زبونة', 'دائمة']],
])('reads %j as %j', (typed, tags) => {
  expect(tagsOf(typed)).toEqual(tags);
});

it.each([
  [['a'], ['b', 'A'], ['a', 'b']],
  [[], ['b'], ['b']],
  [['Élan'], ['elan'], ['Élan']],
])('unites %j and %j', (first, second, both) => {
  expect(united(first, second)).toEqual(both);
});

it('folds case and accents', () => {
  expect(fold(' Müller ')).toBe('muller');
});
