import { api, ask } from '$lib/api/client';
import { BUILT_IN, roleName } from '$lib/roles';
import { desk } from '../desk.svelte';

export type Choice = { key: string; name: string };

/** The roles that somebody can be given here: all but owner, which is only handed over. */
export async function roleChoices(): Promise<Choice[]> {
  const builtIn = BUILT_IN.filter((key) => key !== 'owner').map((key) => ({ key, name: roleName(key) }));
  if (!desk.can('role:read')) return builtIn;
  const { items } = await ask(api.GET('/v1/roles'));
  const custom = items.filter((role) => role.custom).map(({ key, name }) => ({ key, name }));
  return [...builtIn, ...custom];
}
