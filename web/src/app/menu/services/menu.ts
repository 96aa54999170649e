// The menu as its owner sees it: headings, and what is under each.
import type { Schema } from '$lib/api/types';

export type Category = Schema<'CategoryView'>;
export type Service = Schema<'ServiceView'>;

export interface Group {
  category: Category;
  services: Service[];
  /** How many packages and memberships stand under it besides. */
  others: number;
}

export interface Menu {
  groups: Group[];
  /** Off the menu: they can come back. */
  archived: { categories: Category[]; services: Service[] };
}

/** An archived category whose services are still offered stays where they are. */
export function menuOf(
  categories: readonly Category[],
  services: readonly Service[],
  others: readonly { category_id: string; archived_at?: string | null }[],
): Menu {
  const groups = categories.map((category) => ({
    category,
    services: services.filter((service) => service.category.id === category.id && !service.archived_at),
    others: others.filter((each) => each.category_id === category.id && !each.archived_at).length,
  }));
  const shown = groups.filter(({ category, services }) => !category.archived_at || services.length > 0);
  return {
    groups: shown,
    archived: {
      categories: groups.filter((group) => !shown.includes(group)).map(({ category }) => category),
      services: services.filter((service) => service.archived_at),
    },
  };
}

/** Those of the services that nobody of the staff can do, so that nobody can book them. */
export function undone(
  services: readonly Service[],
  staff: readonly { archived_at?: string | null; skills: readonly { service_id: string }[] }[],
): Set<string> {
  const done = new Set(
    staff.filter((one) => !one.archived_at).flatMap(({ skills }) => skills.map(({ service_id }) => service_id)),
  );
  return new Set(
    services
      .filter((service) => !service.archived_at && service.staff_per_customer > 0 && !done.has(service.id))
      .map(({ id }) => id),
  );
}
