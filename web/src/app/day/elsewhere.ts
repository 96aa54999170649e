// Who there is where a visit is moved to.
import type { Schema } from '$lib/api/types';
import type { Visit } from './visits';

type Person = Pick<Schema<'StaffView'>, 'id' | 'skills' | 'hours'>;

function worksAt({ hours }: Person, location: string): boolean {
  return hours.some(({ location_id }) => location_id === location);
}

/** Who can do all of a visit at a place. At its own, whoever is asked for by then stays among them. */
export function ableAt<T extends Person>(staff: readonly T[], visit: Pick<Visit, 'lines' | 'location'>, location: string, asked: string): T[] {
  const here = location === visit.location;
  return staff.filter(
    (one) =>
      (here && one.id === asked) ||
      ((here || worksAt(one, location)) &&
        visit.lines.every(({ service }) => one.skills.some(({ service_id }) => service_id === service))),
  );
}

/** Whether all who serve a visit can come along to a place. */
export function comeAlong(staff: readonly Person[], visit: Pick<Visit, 'lines' | 'location'>, location: string): boolean {
  if (location === visit.location) return true;
  return visit.lines.every((line) => staff.some((one) => one.id === line.staff && worksAt(one, location)));
}
