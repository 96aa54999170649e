import { api, ask, ifMatch } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { changed, changeOf, clashes, typedOf, type Customer, type Field, type Typed } from './record';

export type Kept =
  | { customer: Customer; alsoTheirs: boolean }
  /** Somebody changed the same fields meanwhile: `now` is what they left. */
  | { now: Customer; fields: Field[] };

export const read = (id: string): Promise<Customer> =>
  ask(api.GET('/v1/customers/{customer}', { params: { path: { customer: id } } }));

function send(customer: Customer, typed: Typed, fields: Field[]): Promise<Customer> {
  const params = { path: { customer: customer.id }, header: ifMatch(customer.version) };
  return ask(api.PATCH('/v1/customers/{customer}', { params, body: changeOf(typed, fields) }));
}

/** Keeps what was typed. That somebody changed something else meanwhile is no reason to bother anybody. */
export async function keep(seen: Customer, typed: Typed): Promise<Kept> {
  const fields = changed(typed, typedOf(seen));
  if (fields.length === 0) return { customer: seen, alsoTheirs: false };
  try {
    return { customer: await send(seen, typed, fields), alsoTheirs: false };
  } catch (error) {
    if (Fault.from(error).code !== 'version_conflict') throw error;
  }
  const now = await read(seen.id);
  const both = clashes(typed, typedOf(seen), typedOf(now));
  if (both.length > 0) return { now, fields: both };
  return { customer: await send(now, typed, fields), alsoTheirs: true };
}
