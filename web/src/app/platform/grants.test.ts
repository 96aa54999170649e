import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openUntil, reasonAmiss } from './grants';
import { RIGHTS } from './rights';

describe('until when somebody is let in', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const grant = (hour: string, more: { admin_name?: string; revoked_at?: string | null } = {}) => ({
    admin_name: 'Ada Admin',
    expires_at: `2026-11-22T${hour}:00:00Z`,
    revoked_at: null,
    ...more,
  });
  it.each([
    [[], undefined],
    [[grant('11')], undefined],
    [[grant('12')], undefined],
    [[grant('13')], '2026-11-22T13:00:00Z'],
    [[grant('13'), grant('15'), grant('14')], '2026-11-22T15:00:00Z'],
    [[grant('15', { revoked_at: '2026-11-22T10:00:00Z' }), grant('13')], '2026-11-22T13:00:00Z'],
    [[grant('15', { admin_name: 'Somebody Else' })], undefined],
  ])('of %j it is %s', (grants, expected) => expect(openUntil(grants, 'Ada Admin', now)).toBe(expected));
});

it.each([
  ['', true],
  ['too short', true],
  ['  nine     ', true],
  ['They asked.', false],
  ['x'.repeat(300), false],
  ['x'.repeat(301), true],
])('a reason of %j is amiss: %s', (reason, amiss) => expect(reasonAmiss(reason)).toBe(amiss));

it('lets support do what the policy lets it do', () => {
  const policy = readFileSync(new URL('../../../../config/authz/policy.csv', import.meta.url), 'utf8');
  const allowed = [...policy.matchAll(/^p, support, (\w+), (\w+)/gm)].map(([, noun, verb]) => `${noun}:${verb}`);
  expect([...RIGHTS].sort()).toEqual(allowed.sort());
});
