import { expect, it } from 'vitest';
import { returnPath } from './device';

it.each([
  ['/app', '/app'],
  ['/app/team', '/app/team'],
  ['/app?x=1', '/app?x=1'],
  [null, '/app'],
  ['', '/app'],
  ['//evil.example', '/app'],
  ['https://evil.example/app', '/app'],
  ['/application', '/app'],
  ['javascript:alert(1)', '/app'],
  ['/sign-in', '/app'],
])('returns to %s as %s', (wish, expected) => {
  expect(returnPath(wish)).toBe(expected);
});
