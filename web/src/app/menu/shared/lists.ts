// What is on the menu, and who and what it needs. These lists come whole.
import { api, ask } from '$lib/api/client';
import { desk } from '../../desk.svelte';

const archived = { params: { query: { archived: true } } };

export const categories = async () => (await ask(api.GET('/v1/categories', archived))).items;
export const services = async () => (await ask(api.GET('/v1/services', archived))).items;
export const addons = async () => (await ask(api.GET('/v1/addons', archived))).items;
export const packages = async () => (await ask(api.GET('/v1/packages', archived))).items;
export const plans = async () => (await ask(api.GET('/v1/membership-plans', archived))).items;
export const passKinds = async () => (await ask(api.GET('/v1/pass-kinds', archived))).items;
export const forms = async () => (await ask(api.GET('/v1/forms', archived))).items;

/** All that stands under the menu's headings. */
export async function menuItems() {
  const [some, more, packed, planned] = await Promise.all([categories(), services(), packages(), plans()]);
  return { categories: some, services: more, packages: packed, plans: planned };
}

/** What prices are in. */
export const currency = async () => (await ask(api.GET('/v1/tenant'))).currency;

/** The staff, for whoever may see them: who can do what. */
export async function everybody() {
  if (!desk.can('staff:read')) return undefined;
  return (await ask(api.GET('/v1/staff'))).items;
}

/** What rooms have, each feature once. */
export async function roomFeatures(): Promise<string[]> {
  if (!desk.can('room:read')) return [];
  const { items } = await ask(api.GET('/v1/rooms'));
  return [...new Set(items.flatMap(({ features }) => features.map(({ name }) => name)))].sort();
}
