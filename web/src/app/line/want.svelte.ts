import type { Schema } from '$lib/api/types';
import type { Entry, Settings } from './line';

type Service = Schema<'ServiceView'>;

/** What somebody in a line wants, while it is typed. */
export class Want {
  services = $state<string[]>([]);
  party = $state(1);
  staff = $state('');

  constructor(entry?: Entry) {
    if (!entry) return;
    this.services = entry.services.map(({ id }) => id);
    this.party = entry.party;
    this.staff = entry.staff_wanted ?? '';
  }
}

/** What can be had without an appointment: what the settings list, or else whatever customers book. What somebody
 *  wants already stays among it. */
export function menuOf(services: readonly Service[], settings: Settings | undefined, wanted: readonly string[] = []): Service[] {
  const listed = new Set(settings?.services ?? []);
  return services.filter(
    ({ id, archived_at, online }) => wanted.includes(id) || (!archived_at && (listed.size > 0 ? listed.has(id) : online)),
  );
}
