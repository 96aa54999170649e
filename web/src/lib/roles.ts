import type { RoleRef } from './api/types';
import { maybe } from './i18n/index.svelte';

/** The roles that every business has, from the most to the least allowed. */
export const BUILT_IN = ['owner', 'manager', 'receptionist', 'provider'] as const;

/** A role by its name: the built-in ones in the page's language, custom ones as the owner wrote it. */
export function roleName(role: RoleRef | string): string {
  const key = typeof role === 'string' ? role : role.key;
  return maybe(`role.${key}`) ?? (typeof role === 'string' ? role : role.name);
}
