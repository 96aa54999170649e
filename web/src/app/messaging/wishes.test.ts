import { describe, expect, it } from 'vitest';
import { changes, moved, wishesOf, type Wishes } from './wishes';

const settings: Parameters<typeof wishesOf>[0] = {
  carried: ['email'],
  channels: ['email'],
  reminder_minutes: [1440, 60],
  quiet: null,
  follow_up_minutes: null,
  review_minutes: null,
  review_url: null,
  rebooking_days: 30,
  sender_name: null,
  reply_to: 'desk@example.com',
  version: 3,
};

describe('what is sent of the settings', () => {
  it.each<[string, (wishes: Wishes) => void, object]>([
    ['nothing, if nothing changed', () => undefined, {}],
    ['the order of ways', (w) => (w.channels = ['sms', 'email']), { channels: ['sms', 'email'] }],
    ['times, the longest first', (w) => (w.reminder_minutes = [60, 120]), { reminder_minutes: [120, 60] }],
    ['the same times in another order: nothing', (w) => (w.reminder_minutes = [60, 1440]), {}],
    ['quiet hours', (w) => (w.quiet.on = true), { quiet: { from: '21:00', to: '08:00' } }],
    ['null for what is turned off', (w) => (w.rebooking.on = false), { rebooking_days: null }],
    ['null for a text that is emptied', (w) => (w.reply_to = ' '), { reply_to: null }],
    ['nothing of what is changed while off', (w) => (w.follow_up.minutes = 5), {}],
    [
      'a review with its address',
      (w) => Object.assign(w.review, { on: true, minutes: 60, url: 'https://example.com' }),
      { review_minutes: 60, review_url: 'https://example.com' },
    ],
  ])('%s', (_, change, expected) => {
    const wishes = wishesOf(settings);
    change(wishes);
    expect(changes(settings, wishes)).toEqual(expected);
  });

  it('moves a way by one place', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  });
});
