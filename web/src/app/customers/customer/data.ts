import { all, api, ask } from '$lib/api/client';
import type { Customer } from '../record';

/** What may be asked for: medical notes and answers are on record once they are read. */
export interface May {
  medical: boolean;
  messages: boolean;
}

/** Everything that is known about somebody, for themselves. */
export async function dataOf(customer: Customer, may: May): Promise<Record<string, unknown>> {
  const path = { customer: customer.id };
  const query = (cursor: string | undefined) => ({ limit: 100, cursor });
  const [visits, consents, memberships, medical, answers, messages, replies] = await Promise.all([
    all((cursor) => ask(api.GET('/v1/customers/{customer}/visits', { params: { path, query: query(cursor) } }))),
    all((cursor) => ask(api.GET('/v1/customers/{customer}/consents', { params: { path, query: query(cursor) } }))),
    all((cursor) => ask(api.GET('/v1/customers/{customer}/memberships', { params: { path, query: query(cursor) } }))),
    may.medical ? ask(api.GET('/v1/customers/{customer}/medical', { params: { path } })) : undefined,
    may.medical
      ? all((cursor) => ask(api.GET('/v1/customers/{customer}/answers', { params: { path, query: query(cursor) } })))
      : undefined,
    may.messages
      ? all((cursor) => ask(api.GET('/v1/messages', { params: { query: { ...path, ...query(cursor) } } })))
      : undefined,
    may.messages
      ? all((cursor) => ask(api.GET('/v1/message-replies', { params: { query: { ...path, ...query(cursor) } } })))
      : undefined,
  ]);
  return { customer, visits, consents, memberships, medical, answers, messages, replies };
}
