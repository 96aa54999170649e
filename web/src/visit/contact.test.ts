import { expect, it } from 'vitest';
import { amiss } from './contact';

const who = (name: string, email = '', phone = '') => ({ name, email, phone });

it.each([
  [who(''), 'required', 'optional', ['name', 'email']],
  [who(' Ana ', 'ana@example.com'), 'required', 'optional', []],
  [who('Ana', 'ana@example'), 'optional', 'optional', ['email']],
  [who('Ana'), 'optional', 'required', ['phone']],
  [who('Ana', '', '12'), 'hidden', 'optional', ['phone']],
  [who('Ana', '', '+1 (671) 555-0100'), 'hidden', 'required', []],
  [who('Ana', 'not shown', '1'), 'hidden', 'hidden', []],
] as const)('%o, e-mail %s, phone %s', (contact, email, phone, expected) => {
  expect(Object.keys(amiss(contact, { email, phone }))).toEqual(expected);
});
