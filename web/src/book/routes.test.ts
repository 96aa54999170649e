import { expect, it } from 'vitest';
import { routeOf, withStep } from './routes';

it.each([
  ['/lagoon', { page: 'booking', shop: 'lagoon' }],
  ['/lagoon/', { page: 'booking', shop: 'lagoon' }],
  ['/me', { page: 'regulars' }],
  ['/melon', { page: 'booking', shop: 'melon' }],
  ['/b/x_Y-1', { page: 'visit', token: 'x_Y-1' }],
  ['/o/abc', { page: 'offer', token: 'abc' }],
  ['/w/abc', { page: 'waiting', token: 'abc' }],
  ['/g/abc', { page: 'given', token: 'abc' }],
  ['/g/gift', { page: 'given', token: 'gift' }],
  ['/lagoon/gift', { page: 'gift', shop: 'lagoon' }],
  ['/lagoon/gift/more', undefined],
  ['/lagoon/queue', undefined],
  ['/b/abc/more', undefined],
  ['/', undefined],
])('%s', (path, expected) => {
  expect(routeOf(path)).toEqual(expected);
});

it.each([
  ['', 'when', '/lagoon?step=when'],
  ['?embed', 'when', '/lagoon?embed&step=when'],
  ['?embed&step=who', null, '/lagoon?embed'],
  ['?step=who', null, '/lagoon'],
])('%s to %s', (search, step, expected) => {
  expect(withStep('/lagoon', search, step)).toBe(expected);
});
