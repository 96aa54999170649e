import { expect, it } from 'vitest';
import { addressOf } from './wire';

it.each([
  ['/v1/b/{token}', { path: { token: 'a/b' } }, '/v1/b/a%2Fb'],
  ['/v1/{shop}/slots', { path: { shop: 'x' }, query: { services: 's:a,t', party: 2, staff: undefined } }, '/v1/x/slots?services=s%3Aa%2Ct&party=2'],
  ['/v1/x', {}, '/v1/x'],
])('%s with %o', (path, params, expected) => {
  expect(addressOf(path, params)).toBe(expected);
});
