import { all, api, ask } from '$lib/api/client';
import { BUILT_IN, roleName } from '$lib/roles';
import { desk } from '../desk.svelte';

export type Choice = { key: string; name: string };

/** The roles that somebody can be given here: all but owner, which is only handed over. */
export async function roleChoices(): Promise<Choice[]> {
  const builtIn = BUILT_IN.filter((key) => key !== 'owner').map((key) => ({ key, name: roleName(key) }));
  if (!desk.can('role:read')) return builtIn;
  const roles = await all((cursor) => ask(api.GET('/v1/roles', { params: { query: { cursor, limit: 100 } } })));
  const custom = roles.filter((role) => role.custom).map(({ key, name }) => ({ key, name }));
  return [...builtIn, ...custom];
}
