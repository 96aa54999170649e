import type { PermissionView } from '$lib/api/types';

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
