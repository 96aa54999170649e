import { expect, it } from 'vitest';
import { Fault, retryAfter } from './fault';

const fault = new Fault({
  code: 'validation_failed',
  status: 422,
  fields: [
    { field: '/owner/email', code: 'invalid', detail: 'No such thing.' },
    { field: '/owner/name', code: 'required', detail: 'Missing.' },
  ],
});

it('finds the sentence of a field', () => {
  expect(fault.field('/owner/email')).toBe('No such thing.');
  expect(fault.field('/business/name')).toBeUndefined();
});

it('knows whether all faults are at fields that show them', () => {
  expect(fault.only(['/owner/email', '/owner/name', '/x'])).toBe(true);
  expect(fault.only(['/owner/email'])).toBe(false);
  expect(new Fault({ code: 'x' }).only(['/owner/email'])).toBe(false);
});

it('names the first field in the order of the form', () => {
  expect(fault.first(['/owner/name', '/owner/email'])).toBe('/owner/name');
});

it.each([
  ['30', 30],
  ['0', 1],
  ['0.2', 1],
  ['Sat, 21 Nov 2026 00:00:10 GMT', 10],
  ['soon', undefined],
  [null, undefined],
])('reads Retry-After %s', (value, expected) => {
  expect(retryAfter(value, Date.parse('2026-11-21T00:00:00Z'))).toBe(expected);
});
