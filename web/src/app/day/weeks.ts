// The visits of several weeks: each week is asked for by itself, so that one that is very full hides none of the
// others.
import { all } from '$lib/api/client';
import { later, spanOf } from './days';
import type { Visit } from './visits';

type Page = { items: Visit[]; next_cursor: string | null };
export interface Range {
  from: string;
  to: string;
}

export interface Weeks {
  visits: Visit[];
  /** Whether there are more than were asked for. */
  cut: boolean;
}

/** The moments in between which these days lie. */
export function rangeOf(days: readonly string[], zone: string): Range {
  const at = (date: string) => new Date(spanOf(date, zone).start).toISOString();
  const [first = '', last = first] = [days[0], days.at(-1)];
  return { from: at(first), to: at(later(last, 1)) };
}

/** All visits of these weeks, each once: some go on past the end of theirs. */
export async function visitsIn(
  weeks: readonly (readonly string[])[],
  zone: string,
  page: (range: Range, cursor: string | undefined) => Promise<Page>,
): Promise<Weeks> {
  const unread = new Set<string>();
  const found = await Promise.all(
    weeks.map((days) => {
      const range = rangeOf(days, zone);
      return all(async (cursor) => {
        const answer = await page(range, cursor);
        if (answer.next_cursor) unread.add(range.from);
        else unread.delete(range.from);
        return answer;
      });
    }),
  );
  return { visits: [...new Map(found.flat().map((visit) => [visit.id, visit])).values()], cut: unread.size > 0 };
}
