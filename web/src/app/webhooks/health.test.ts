import { describe, expect, it } from 'vitest';
import { healthOf, pretty, verdict } from './health';

const NOW = Date.UTC(2026, 2, 2, 9);
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const on = { state: 'on' as const, disabled_for: null, rests_until: null, failing_since: null, failures: 0, succeeded_at: null };

describe('how an endpoint is', () => {
  it.each([
    ['new', on, 'untried'],
    ['well', { ...on, succeeded_at: at(-5) }, 'well'],
    ['failing', { ...on, succeeded_at: at(-50), failing_since: at(-5), failures: 2 }, 'failing'],
    ['let rest', { ...on, failing_since: at(-5), failures: 5, rests_until: at(1) }, 'resting'],
    ['after its rest', { ...on, failing_since: at(-5), failures: 5, rests_until: at(-1) }, 'failing'],
    ['asking for time', { ...on, succeeded_at: at(-5), rests_until: at(1) }, 'asked_to_wait'],
    ['switched off', { ...on, state: 'off' as const, failing_since: at(-5), failures: 2 }, 'off'],
    ['given up', { ...on, state: 'disabled' as const, disabled_for: 'failing' as const }, 'given_up'],
    ['gone', { ...on, state: 'disabled' as const, disabled_for: 'gone' as const }, 'gone'],
  ])('%s', (_, endpoint, expected) => {
    expect(healthOf(endpoint, NOW)).toBe(expected);
  });
});

describe('what became of a test', () => {
  it.each([
    ['waiting', 0, 'waiting'],
    ['waiting', 1, 'failed'],
    ['delivered', 1, 'arrived'],
    ['failed', 3, 'failed'],
    ['cancelled', 0, 'failed'],
  ] as const)('%s after %d tries: %s', (state, attempts, expected) => {
    expect(verdict({ state, attempts })).toBe(expected);
  });
});

it('shows JSON in lines, and anything else as it is', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty('not JSON')).toBe('not JSON');
});
