import { expect, it } from 'vitest';
import { dayOf, storyOf, type Visit } from './visits';

const now = new Date('2026-03-10T12:00:00Z');
const visit = (day: string, status: string): Visit => ({
  id: `${day} ${status}`,
  starts_at: `2026-${day}T10:00:00Z`,
  ends_at: `2026-${day}T11:00:00Z`,
  status,
  title: 'Cut',
  staff: [],
  price_minor: 0,
  currency: 'EUR',
  location: { id: 'loc_1', name: 'Here' },
});
const ids = (visits: readonly (Visit | undefined)[]) => visits.map((each) => each?.id.slice(0, 5));

it('tells what is to come, what was, and who never came', () => {
  const story = storyOf(
    [
      visit('03-20', 'confirmed'),
      visit('03-12', 'pending_approval'),
      visit('03-15', 'cancelled'),
      visit('03-01', 'completed'),
      visit('02-01', 'no_show'),
      visit('01-01', 'completed'),
      // Nobody said what became of it.
      visit('03-09', 'confirmed'),
    ],
    now,
    true,
  );
  expect(ids(story.coming)).toEqual(['03-12', '03-20']);
  expect(ids(story.past)).toEqual(['03-15', '03-09', '03-01', '02-01', '01-01']);
  expect(ids([story.first, story.last])).toEqual(['01-01', '03-01']);
  expect([story.came, story.noShows]).toEqual([2, 1]);
});

it('does not claim a first visit while older ones may be missing', () => {
  const story = storyOf([visit('03-01', 'completed')], now, false);
  expect(ids([story.first, story.last])).toEqual([undefined, '03-01']);
});

it('has nothing to tell of somebody new', () => {
  const story = storyOf([], now, true);
  expect(story).toEqual({ coming: [], past: [], first: undefined, last: undefined, came: 0, noShows: 0 });
});

it.each([
  ['2026-03-10T23:30:00Z', 'Pacific/Guam', '2026-03-11'],
  ['2026-03-10T23:30:00Z', 'America/New_York', '2026-03-10'],
  ['2026-01-01T00:00:00Z', 'UTC', '2026-01-01'],
])('%s is in %s on %s', (moment, zone, day) => {
  expect(dayOf(moment, zone)).toBe(day);
});
