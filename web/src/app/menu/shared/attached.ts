// Add-ons and forms hang on services: a service says which it has. From the other side it is one list of
// services, and each of those that changed is told.
import type { Schema } from '$lib/api/types';

type Service = Schema<'ServiceView'>;
export type Side = 'addon_ids' | 'form_ids';

/** The services that have it. */
export function having(services: readonly Service[], side: Side, id: string): Service[] {
  return services.filter((service) => service[side].includes(id));
}

export interface Retold {
  service: Service;
  ids: string[];
}

/** The services that must be told, and what they have then. */
export function retold(services: readonly Service[], side: Side, id: string, chosen: readonly string[]): Retold[] {
  return services.flatMap((service) => {
    const [has, shall] = [service[side].includes(id), chosen.includes(service.id)];
    if (has === shall) return [];
    return [{ service, ids: shall ? [...service[side], id] : service[side].filter((each) => each !== id) }];
  });
}
