// The API for pages that must be light: what `openapi-fetch` does for the staff's, of which these need the
// least part. The types are the same, so that a call reads the same here and there.
import type { Client } from 'openapi-fetch';
import { ask, Attempts } from '$lib/api/ask';
import type { paths } from '$lib/api/types';

export { ask, Attempts };

type Asked = {
  params?: { path?: Record<string, string>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
};

export function addressOf(path: string, { path: named = {}, query = {} }: NonNullable<Asked['params']>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name] ?? ''));
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${filled}?${text}` : filled;
}

const call =
  (method: string) =>
  async (path: string, { params = {}, body }: Asked = {}) => {
    const response = await fetch(addressOf(path, params), {
      method,
      headers: { ...params.header, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = /json/.test(response.headers.get('Content-Type') ?? '') ? JSON.parse(text) : text;
    return response.ok ? { data: answer, response } : { error: answer, response };
  };

export const api = {
  GET: call('GET'),
  POST: call('POST'),
  PUT: call('PUT'),
  DELETE: call('DELETE'),
} as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'DELETE'>;
