import { expect, it } from 'vitest';
import { noteOf, pathOf } from './note';

const HERE = 'https://openchair.example';

it.each([
  ['https://openchair.example/b/abc', '/b/abc'],
  ['/o/abc?from=note', '/o/abc?from=note'],
  ['https://elsewhere.example/b/abc', '/me'],
  ['javascript:alert(1)', '/me'],
  ['https://', '/me'],
  ['', '/me'],
])('%s leads to %s', (url, path) => {
  expect(pathOf(url, HERE)).toBe(path);
});

it('says what came', () => {
  const said = { id: 'msg_1', kind: 'reminder', lang: 'de', title: 'Lagoon', body: 'Morgen um 11 Uhr', url: `${HERE}/b/x` };
  expect(noteOf(JSON.stringify(said), HERE)).toEqual({
    title: 'Lagoon',
    options: { body: 'Morgen um 11 Uhr', lang: 'de', tag: 'msg_1', data: '/b/x' },
  });
});

it.each([undefined, '', 'not json', 'null', '[]', '{"title":7,"url":{}}'])('shows something all the same: %s', (said) => {
  expect(noteOf(said, HERE)).toEqual({
    title: 'Openchair',
    options: { body: '', lang: '', tag: undefined, data: '/me' },
  });
});
