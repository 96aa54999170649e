import { expect, test } from 'vitest';
import { changesShop } from './shelves';

test.each([
  ['POST', '/v1/services', true],
  ['PATCH', '/v1/services/{service}', true],
  ['DELETE', '/v1/rooms/{id}', true],
  ['PUT', '/v1/staff/{id}/hours', true],
  ['POST', '/v1/staff/{id}/time-off', true],
  ['PUT', '/v1/locations/{id}/days/{day}', true],
  ['PATCH', '/v1/booking-policy', true],
  ['GET', '/v1/services', false],
  ['POST', '/v1/services/{service}/impact', false],
  ['POST', '/v1/appointments', false],
  ['POST', '/v1/staffing', false],
])('%s %s: %s', (method, path, changes) => expect(changesShop(method, path)).toBe(changes));
