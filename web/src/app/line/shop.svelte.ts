import { all, api, ask } from '$lib/api/client';
import type { LocationView, Schema } from '$lib/api/types';
import { device } from '$lib/store';
import { desk } from '../desk.svelte';
import { Loaded } from '../loaded.svelte';

const remembered = () => `openchair.line.${desk.tenant?.id ?? ''}`;

/** What the pages about lines need of the shop: its places, its people and its menu. */
export class Shop {
  readonly locations = new Loaded<LocationView[]>(() =>
    all((cursor) => ask(api.GET('/v1/locations', { params: { query: { cursor, limit: 100 } } }))),
  );
  readonly staff = new Loaded<Schema<'StaffView'>[]>(async () =>
    desk.can('staff:read') ? (await ask(api.GET('/v1/staff'))).items : [],
  );
  readonly services = new Loaded<Schema<'ServiceView'>[]>(async () =>
    desk.can('service:read') ? (await ask(api.GET('/v1/services'))).items : [],
  );
  #chosen = $state(device.get(remembered()));

  get places(): LocationView[] {
    return (this.locations.value ?? []).filter(({ archived_at }) => !archived_at);
  }

  /** Where one stands: the place that this device has chosen, or the first. */
  get place(): LocationView | undefined {
    return this.places.find(({ id }) => id === this.#chosen) ?? this.places[0];
  }

  choose(location: string): void {
    this.#chosen = location;
    device.set(remembered(), location);
  }

  /** The one of the staff that the login belongs to. */
  get own(): string | undefined {
    return this.staff.value?.find(({ user_id }) => user_id === desk.me?.user.id)?.id;
  }

  nameOf(staff: string | null | undefined): string | undefined {
    return this.staff.value?.find(({ id }) => id === staff)?.name;
  }

  /** Who works at a place. */
  at(location: string): Schema<'StaffView'>[] {
    return (this.staff.value ?? []).filter(
      ({ archived_at, hours }) => !archived_at && (hours.length === 0 || hours.some((week) => week.location_id === location)),
    );
  }
}
