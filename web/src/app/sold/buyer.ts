import { api, ask } from '$lib/api/client';
import type { Schema } from '$lib/api/types';
import { desk } from '../desk.svelte';

/** Who is meant by an address that names a customer, as far as one may see them. */
export async function buyer(id: string | null): Promise<Schema<'CustomerView'> | undefined> {
  if (!id || !(desk.can('customer:read') || desk.can('customer:read_own'))) return undefined;
  return ask(api.GET('/v1/customers/{customer}', { params: { path: { customer: id } } }));
}
