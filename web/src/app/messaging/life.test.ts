import { describe, expect, it } from 'vitest';
import { life, MARKS, repeatable, STATES } from './life';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
const message = { created_at: at(0), due_at: at(0), sent_at: null, delivered_at: null, state: 'queued' as const };

describe('the life of a message', () => {
  it.each([
    ['goes at once', message, ['written', 'queued']],
    ['waits for its time', { ...message, due_at: at(30) }, ['written', 'due']],
    ['is sent', { ...message, state: 'sent' as const, sent_at: at(1) }, ['written', 'sent']],
    ['arrives', { ...message, state: 'delivered' as const, sent_at: at(1), delivered_at: at(2) }, ['written', 'sent', 'delivered']],
    ['comes back', { ...message, state: 'bounced' as const, sent_at: at(1) }, ['written', 'sent', 'bounced']],
    ['is dropped', { ...message, due_at: at(30), state: 'dropped' as const }, ['written', 'dropped']],
    ['is refused', { ...message, state: 'failed' as const }, ['written', 'failed']],
  ])('%s', (_, given, expected) => {
    expect(life(given).map(({ what }) => what)).toEqual(expected);
  });

  it('has a mark for every state', () => {
    expect(STATES.every((state) => MARKS[state].glyph)).toBe(true);
  });

  it('is sent once more unless it is on its way or nobody’s', () => {
    expect(repeatable({ state: 'dropped', address: 'a@example.com' })).toBe(true);
    expect(repeatable({ state: 'queued', address: 'a@example.com' })).toBe(false);
    expect(repeatable({ state: 'sent', address: '' })).toBe(false);
  });
});
