import { api, ask } from '$lib/api/client';
import type { Schema } from '$lib/api/types';

interface Move {
  /** The series, if all later ones go with it. */
  series: string | undefined;
  visit: Pick<Schema<'VisitView'>, 'id' | 'series_place'>;
  /** As it was seen. */
  version: number;
  start: string;
  over?: boolean;
}

/** Moves a visit, or all later ones by as much. Gives the version that the visit has then. */
export async function move({ series, visit, version, start, over = false }: Move): Promise<number> {
  if (series === undefined) {
    const call = { params: { path: { id: visit.id } }, body: { version, start, ...(over && { over }) } };
    return (await ask(api.POST('/v1/appointments/{id}/move', call))).version;
  }
  const body = { from_place: visit.series_place ?? 1, version, start };
  const moved = await ask(api.POST('/v1/series/{id}/move', { params: { path: { id: series } }, body }));
  return moved.visits.find((each) => each.id === visit.id)?.version ?? version;
}
