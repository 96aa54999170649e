import type { PermissionView } from '$lib/api/types';
import { maybe } from '$lib/i18n/index.svelte';

/** Permissions under their groups, both in the order in which the server tells them. */
export function byGroup(permissions: PermissionView[]): [string, PermissionView[]][] {
  const groups = new Map<string, PermissionView[]>();
  for (const permission of permissions) {
    const list = groups.get(permission.group) ?? [];
    list.push(permission);
    groups.set(permission.group, list);
  }
  return [...groups];
}

/** What a permission allows, in the page's language; one that is newer than the page in English. */
export function sentenceOf({ key, sentence }: Pick<PermissionView, 'key' | 'sentence'>): string {
  return maybe(`may.${key}`) ?? sentence;
}

export function groupName(group: string): string {
  return maybe(`group.${group}`) ?? group;
}
