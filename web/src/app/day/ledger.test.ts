import { describe, expect, it } from 'vitest';
import { spanOf } from './days';
import { blocksOf, gridOf, inLanes, snapped, stepped, toMinute, toPixels, type Block } from './ledger';
import type { Visit } from './visits';

const span = spanOf('2026-11-22', 'UTC');
const at = (minute: number) => new Date(span.start + minute * 60_000).toISOString();
const visit = (id: string, lines: [string, string, number, number, string?][], status = 'confirmed'): Visit =>
  ({
    id,
    status,
    lines: lines.map(([staff, service_name, from, to, room], position) => ({
      staff,
      service_name,
      starts_at: at(from),
      ends_at: at(to),
      position,
      room,
    })),
  }) as Visit;

const told = (blocks: Block[]) => blocks.map(({ column, from, to, what }) => `${column} ${from}-${to} ${what}`);

describe('blocks', () => {
  it.each<[string, Visit, string[]]>([
    ['one', visit('a', [['x', 'Cut', 600, 630]]), ['x 600-630 Cut']],
    ['what follows is one', visit('a', [['x', 'Cut', 600, 630], ['x', 'Shave', 630, 650]]), ['x 600-650 Cut · Shave']],
    ['another’s hands', visit('a', [['x', 'Cut', 600, 630], ['y', 'Shave', 630, 650]]), ['x 600-630 Cut', 'y 630-650 Shave']],
    ['and back', visit('a', [['x', 'Cut', 600, 630], ['y', 'Dye', 630, 650], ['x', 'Dry', 650, 660]]), ['x 600-630 Cut', 'y 630-650 Dye', 'x 650-660 Dry']],
    ['two at once', visit('a', [['x', 'Massage', 600, 660], ['y', 'Massage', 600, 660]]), ['x 600-660 Massage', 'y 600-660 Massage']],
    ['over midnight', visit('a', [['x', 'Late', -30, 30]]), ['x -30-30 Late']],
    ['the day before', visit('a', [['x', 'Late', -60, 0]]), []],
    ['called off', visit('a', [['x', 'Cut', 600, 630]], 'cancelled'), []],
  ])('%s', (_, given, wanted) => expect(told(blocksOf([given], span, 'staff'))).toEqual(wanted));

  it('stand in rooms, too', () => {
    const one = visit('a', [['x', 'Cut', 600, 630, 'r1'], ['y', 'Dye', 630, 650, 'r1']]);
    expect(told(blocksOf([one], span, 'room'))).toEqual(['r1 600-650 Cut · Dye']);
  });
});

describe('lanes', () => {
  const block = (from: number, to: number): Block => ({ key: `${from}`, column: 'x', what: '', visit: {} as Visit, lane: 0, lanes: 1, from, to });
  it.each<[string, [number, number][], string]>([
    ['alone', [[0, 60]], '0/1'],
    ['one behind the other', [[0, 60], [60, 120]], '0/1 0/1'],
    ['two at once', [[0, 60], [30, 90]], '0/2 1/2'],
    ['three, the third under the first', [[0, 60], [30, 120], [60, 90]], '0/2 1/2 0/2'],
    ['then alone again', [[0, 60], [30, 90], [90, 120]], '0/2 1/2 0/1'],
    ['short ones are drawn longer', [[0, 10], [15, 30]], '0/2 1/2'],
    ['three at once', [[0, 60], [0, 60], [0, 60]], '0/3 1/3 2/3'],
  ])('%s', (_, given, wanted) => {
    const lanes = inLanes(given.map(([from, to]) => block(from, to)));
    expect(lanes.map(({ lane, lanes }) => `${lane}/${lanes}`).join(' ')).toBe(wanted);
  });
});

describe('the grid', () => {
  it.each([
    [600, 15, 600],
    [607, 15, 600],
    [608, 15, 615],
    [-8, 15, -15],
  ])('%i snaps by %i to %i', (minute, step, to) => expect(snapped(minute, step)).toBe(to));

  it.each([
    [600, 15, 1, 615],
    [600, 15, -1, 585],
    [605, 15, 1, 615],
    [605, 15, -1, 600],
  ] as const)('from %i by %i in direction %i to %i', (minute, step, direction, to) => {
    expect(stepped(minute, step, direction)).toBe(to);
  });

  it.each([
    [30, 15],
    [10, 10],
    [1, 5],
    [undefined, 15],
  ])('a shop’s step of %s is %i by hand', (step, grid) => expect(gridOf(step)).toBe(grid));

  it('goes from minutes to pixels and back', () => {
    expect(toPixels(90, 80)).toBe(120);
    expect(toMinute(121, 80, 15)).toBe(90);
  });
});
