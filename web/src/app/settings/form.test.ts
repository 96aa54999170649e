import { expect, test } from 'vitest';
import { carriedOver, changesOf, formOf } from './form';

const was = { name: 'Lagoon', slug: 'lagoon', locale: 'en', time_zone: 'Europe/Berlin', currency: 'EUR' };

test.each([
  ['nothing was typed', was, { ...was, name: 'Laguna' }, { ...was, name: 'Laguna' }],
  ['what was typed stays', { ...was, name: 'Typed' }, was, { ...was, name: 'Typed' }],
  ['beside what others changed', { ...was, name: 'Typed' }, { ...was, currency: 'USD' }, { ...was, name: 'Typed', currency: 'USD' }],
  ['also over what others typed there', { ...was, name: 'Typed' }, { ...was, name: 'Laguna' }, { ...was, name: 'Typed' }],
])('%s', (_, form, now, next) => expect(carriedOver(form, was, now)).toEqual(next));

test('only what changed is sent', () => {
  expect(changesOf({ ...was, name: 'Typed' }, was)).toEqual({ name: 'Typed' });
  expect(changesOf(was, was)).toEqual({});
});

test('a form has nothing else of a business', () => {
  expect(formOf({ ...was, version: 3 } as never)).toEqual(was);
});
