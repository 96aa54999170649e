import { describe, expect, it } from 'vitest';
import { grouped, known, toggled } from './events';

const TYPES = [
  { name: 'customer.created', description: '', presets: ['standard' as const, 'ghl_flat' as const] },
  { name: 'customer.merged', description: '', presets: ['standard' as const] },
  { name: 'queue.joined', description: '', presets: ['standard' as const] },
];

describe('types of events', () => {
  it('stand by what they are about, and only those that a preset knows', () => {
    expect(grouped(TYPES, 'standard')).toEqual([
      ['customer', ['customer.created', 'customer.merged']],
      ['queue', ['queue.joined']],
    ]);
    expect(grouped(TYPES, 'ghl_flat')).toEqual([['customer', ['customer.created']]]);
    expect(known(TYPES, 'ghl_flat')).toEqual(['customer.created']);
  });

  it('are chosen and let go as a group', () => {
    expect(toggled(['a'], ['a', 'b'])).toEqual(['a', 'b']);
    expect(toggled(['a', 'b', 'c'], ['a', 'b'])).toEqual(['c']);
    expect(toggled([], ['a'])).toEqual(['a']);
  });
});
