import { expect, it } from 'vitest';
import { trialOf } from './trials';

const now = Date.parse('2026-11-22T12:00:00Z');
it.each([
  [{ plan: 'trial', trial_ends_at: '2026-11-23T12:00:00Z' }, 'runs'],
  [{ plan: 'trial', trial_ends_at: '2026-11-22T12:00:00Z' }, 'over'],
  [{ plan: 'team', trial_ends_at: '2026-11-23T12:00:00Z' }, undefined],
  [{ plan: 'trial', trial_ends_at: null }, undefined],
  [{ plan: 'trial' }, undefined],
])('%j: %s', (tenant, expected) => expect(trialOf(tenant, now)).toBe(expected));
