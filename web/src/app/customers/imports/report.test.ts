import { expect, it } from 'vitest';
import { cellsOf, glance, sheetOf, type Outcome, type Verdict } from './report';
import { table } from './csv';

const rows: Verdict[] = Array.from({ length: 120 }, (_, at) => ({
  row: at + 2,
  outcome: at % 40 === 0 ? 'invalid' : 'new',
}));

it.each([
  ['', 0, [1, 50, 120]],
  ['', 2, [101, 120, 120]],
  ['', 9, [101, 120, 120]],
  ['', -1, [1, 50, 120]],
  ['invalid', 0, [1, 3, 3]],
  ['duplicate', 0, [0, 0, 0]],
] as [Outcome | '', number, number[]][])('shows of %j page %i: %j', (outcome, page, [from, to, of]) => {
  expect(sheetOf(rows, outcome, page)).toMatchObject({ from, to, of });
});

it('finds the cells of a row, and what to call it', () => {
  const cells = cellsOf(table('name,email,phone\nAna,,+1 555\n'));
  expect(glance(cells.get(2))).toBe('Ana · +1 555');
  expect(glance(cells.get(3))).toBe('');
  expect(cellsOf(undefined).size).toBe(0);
});
