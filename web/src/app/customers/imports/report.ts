import type { Schema } from '$lib/api/types';
import type { Table } from './csv';

export type Verdict = Schema<'ImportRowView'>;
export type Outcome = Verdict['outcome'];

/** How many rows are shown at once: ten thousand would take a while. */
export const AT_ONCE = 50;

export const GLYPHS: Record<Outcome, string> = { new: '+', duplicate: '=', invalid: '!' };

export interface Sheet {
  rows: Verdict[];
  from: number;
  to: number;
  of: number;
}

/** The rows of one verdict (none: all), as many as fit a page. */
export function sheetOf(rows: readonly Verdict[], outcome: Outcome | '', page: number): Sheet {
  const wanted = outcome ? rows.filter((row) => row.outcome === outcome) : rows;
  const last = Math.max(0, Math.ceil(wanted.length / AT_ONCE) - 1);
  const from = Math.min(Math.max(0, page), last) * AT_ONCE;
  const shown = wanted.slice(from, from + AT_ONCE);
  return { rows: shown, from: wanted.length ? from + 1 : 0, to: from + shown.length, of: wanted.length };
}

/** The cells of rows by their number, as far as the file is at hand. */
export function cellsOf(table: Table | undefined): Map<number, string[]> {
  return new Map(table?.lines.map(({ row, cells }) => [row, cells]));
}

/** What one calls a row: as much of its beginning as fits. */
export function glance(cells: readonly string[] | undefined): string {
  return (cells ?? []).filter(Boolean).slice(0, 4).join(' · ').slice(0, 160);
}
