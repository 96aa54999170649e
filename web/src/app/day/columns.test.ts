import { describe, expect, it } from 'vitest';
import type { LocationView, Schema } from '$lib/api/types';
import { barTo, columnsOf, doorsOn, shiftOn, type Column } from './columns';
import { spanOf } from './days';
import type { Block } from './ledger';
import type { Line, Visit } from './visits';

// A Sunday.
const span = spanOf('2026-11-22', 'UTC');
const hours = [{ weekday: 7, opens: '10:00', closes: '18:00' }];
const location = { id: 'loc_1', hours } as LocationView;
const staff = (id: string, some: Partial<Schema<'StaffView'>> = {}) =>
  ({
    id,
    name: id.toUpperCase(),
    title: '',
    hue: 10,
    skills: [{ service_id: 'cut' }],
    hours: [{ location_id: 'loc_1', work: hours, breaks: [{ weekday: 7, opens: '13:00', closes: '13:30' }] }],
    ...some,
  }) as Schema<'StaffView'>;
const told = (all: { from: number; to: number }[]) => all.map(({ from, to }) => `${from}-${to}`).join(' ');

describe('doors and shifts', () => {
  it.each([
    ['the week', [], [], '600-1080'],
    ['a day of its own', [{ day: '2026-11-22', windows: [{ opens: '12:00', closes: '14:00' }] }], [], '720-840'],
    ['closed here', [], [{ first_day: '2026-11-20', last_day: '2026-11-22', location_id: 'loc_1' }], ''],
    ['closed everywhere', [], [{ first_day: '2026-11-22', last_day: '2026-11-22' }], ''],
    ['closed elsewhere', [], [{ first_day: '2026-11-22', last_day: '2026-11-22', location_id: 'loc_2' }], '600-1080'],
    ['closed before', [], [{ first_day: '2026-11-20', last_day: '2026-11-21' }], '600-1080'],
  ])('%s', (_, days, closures, wanted) => {
    expect(told(doorsOn(span, location, days, closures as Schema<'ClosureView'>[]))).toBe(wanted);
  });

  it.each<[string, Parameters<typeof shiftOn>[4], string]>([
    ['work without breaks', undefined, '600-780 810-1080'],
    ['time off', { days: [], off: [{ starts_at: '2026-11-22T15:00:00Z', ends_at: '2026-11-23T15:00:00Z' }] as never }, '600-780 810-900'],
    ['a day of their own', { days: [{ day: '2026-11-22', location_id: 'loc_1', windows: [{ opens: '08:00', closes: '12:00' }] }], off: [] }, '600-720'],
    ['a day of their own elsewhere', { days: [{ day: '2026-11-22', location_id: 'loc_2', windows: [] }], off: [] }, '600-780 810-1080'],
  ])('%s', (_, away, wanted) => {
    expect(told(shiftOn(span, staff('a'), 'loc_1', [{ from: 600, to: 1080 }], away))).toBe(wanted);
  });
});

const block = (column: string, from: number, to: number, some: Partial<Visit> = {}, id = `${column}${from}`): Block => ({
  key: id,
  column,
  from,
  to,
  what: 'Cut',
  lane: 0,
  lanes: 1,
  visit: { id, status: 'confirmed', lines: [{ staff: column, staff_name: `Name of ${column}`, service: 'cut' }] as Line[], ...some } as Visit,
});

describe('columns', () => {
  const facts = {
    span,
    kind: 'staff' as const,
    location,
    rooms: [{ id: 'r', name: 'Room', location_id: 'loc_1' }, { id: 's', name: 'Other', location_id: 'loc_2' }] as Schema<'RoomView'>[],
    doors: [{ from: 600, to: 1080 }],
    away: () => undefined,
    staff: [staff('a'), staff('b', { hours: [{ location_id: 'loc_1', location_name: '', work: [], breaks: [] }] }), staff('c', { hours: [] })],
  };
  it.each([
    ['who works', [], 'a', 'b'],
    ['and who has somebody', [block('b', 600, 630), block('c', 600, 630)], 'a b c', ''],
    ['who has left, and nobody last', [block('', 600, 630), block('z', 600, 630)], 'a z ', 'b'],
  ])('%s', (_, blocks, columns, off) => {
    const found = columnsOf(facts, blocks);
    expect([found.columns.map(({ id }) => id).join(' '), found.off.map(({ id }) => id).join(' ')]).toEqual([columns, off]);
  });
  it('are rooms of this place', () => {
    expect(columnsOf({ ...facts, kind: 'room' }, []).columns.map(({ id }) => id)).toEqual(['r']);
  });
});

describe('what stands in the way', () => {
  const column = (some: Partial<Column>): Column => ({ id: 'b', name: '', title: '', open: [{ from: 600, to: 1080 }], skills: new Set(['cut']), hue: 1, ...some });
  const moved = block('a', 600, 660);
  it.each<[string, Partial<Column>, number, Block[], ReturnType<typeof barTo>]>([
    ['nothing', {}, 600, [], undefined],
    ['who can’t do it', { skills: new Set(['dye']) }, 600, [], 'skill'],
    ['one’s own hands can', { id: 'a', skills: new Set() }, 700, [], undefined],
    ['before the door opens', {}, 570, [], 'closed'],
    ['it ends too late', {}, 1050, [], 'closed'],
    ['hours that aren’t known', { open: undefined, skills: undefined }, 0, [], undefined],
    ['somebody else', {}, 630, [block('b', 600, 640)], 'busy'],
    ['right behind somebody', {}, 640, [block('b', 600, 640)], undefined],
    ['itself', { id: 'a' }, 630, [moved], undefined],
    ['the time of who didn’t come', {}, 600, [block('b', 600, 640, { status: 'no_show' })], 'busy'],
  ])('%s', (_, some, from, blocks, bar) => expect(barTo(moved, { column: column(some), from }, blocks)).toBe(bar));
});
