import createClient, { type Middleware } from 'openapi-fetch';
import { manners } from './ask';
import type { paths } from './types';

export { ask, Attempts, manners } from './ask';

const middleware: Middleware = {
  onRequest({ request, schemaPath }) {
    // What is the platform's is asked in no business's name, and a call may name another one itself.
    const named = schemaPath.startsWith('/v1/platform/') || request.headers.has('Openchair-Tenant');
    if (manners.tenant && !named) request.headers.set('Openchair-Tenant', manners.tenant);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' });
api.use(middleware);

/** The header that an update of this version needs. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}

/** Walks through all pages of a list that is known to be short. */
export async function all<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: more, next_cursor } = await page(cursor);
    items.push(...more);
    cursor = next_cursor ?? undefined;
  } while (cursor && items.length < 1000);
  return items;
}
