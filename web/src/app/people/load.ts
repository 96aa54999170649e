import { all, api, ask } from '$lib/api/client';
import type { LocationView, Schema } from '$lib/api/types';
import { desk } from '../desk.svelte';

export type StaffView = Schema<'StaffView'>;
export type ServiceView = Schema<'ServiceView'>;
export type RoomView = Schema<'RoomView'>;

/** One thing after the other that a page asks of the shop; what the role hides is empty. */
export const locations = (): Promise<LocationView[]> =>
  desk.can('location:read')
    ? all((cursor) => ask(api.GET('/v1/locations', { params: { query: { cursor, limit: 100 } } })))
    : Promise.resolve([]);

export const services = async (): Promise<ServiceView[]> =>
  desk.can('service:read') ? (await ask(api.GET('/v1/services', {}))).items : [];

export const categories = async (): Promise<Schema<'CategoryView'>[]> =>
  desk.can('service:read') ? (await ask(api.GET('/v1/categories', {}))).items : [];

export const rooms = async (): Promise<RoomView[]> =>
  desk.can('room:read') ? (await ask(api.GET('/v1/rooms', {}))).items : [];

export const members = (): Promise<Schema<'MemberView'>[]> =>
  desk.can('team:read')
    ? all((cursor) => ask(api.GET('/v1/members', { params: { query: { cursor, limit: 100 } } })))
    : Promise.resolve([]);

/** Whether somebody's hours, days and time off are this login's to change. */
export function mayHours(staff: StaffView): boolean {
  const own = staff.user_id !== undefined && staff.user_id !== null && staff.user_id === desk.me?.user.id;
  return desk.can('staff:update_own_hours') && (own || desk.can('staff:update'));
}
