import { expect, it } from 'vitest';
import { LANGUAGES } from '$lib/i18n/index.svelte';
import { hueOf, wordsOf } from './words';

it.each([
  ['', 'Book online'],
  ['en-GB', 'Book online'],
  ['DE', 'Termin buchen'],
  ['de-AT', 'Termin buchen'],
  ['ar_EG', 'احجز موعدًا'],
  ['tlh', 'Book online'],
  ['constructor', 'Book online'],
])('speaks the language of a page in %s', (tag, book) => {
  expect(wordsOf(tag)[0]).toBe(book);
});

it('has words of its own for every language of the product', () => {
  const said = Object.keys(LANGUAGES).map((language) => wordsOf(language)[0]);
  expect(new Set(said).size).toBe(said.length);
});

it.each([
  [undefined, undefined],
  ['', undefined],
  ['teal', undefined],
  ['185', 185],
  ['0', 0],
  ['-20', 340],
  ['725', 5],
])('reads the hue %s', (text, hue) => {
  expect(hueOf(text)).toBe(hue);
});
