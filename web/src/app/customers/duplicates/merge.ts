import type { Customer } from '../record';
import { fold, united } from '../tags';

/** What becomes of a field: one side's word stays, both are joined, or there never was anything. */
export type Fate = 'kept' | 'filled' | 'joined' | 'same' | 'nothing';

export interface Outcome {
  field: 'name' | 'email' | 'phone' | 'locale' | 'channel' | 'tags' | 'note';
  kept: string;
  gone: string;
  result: string;
  fate: Fate;
}

/** What a merge makes of two records: what the kept one says stays, what it doesn't say comes from the other. */
export function outcomes(kept: Customer, gone: Customer): Outcome[] {
  const plain = (field: Outcome['field'], mine: string | null | undefined, theirs: string | null | undefined): Outcome => {
    const [own, other] = [mine ?? '', theirs ?? ''];
    const fate = !own && !other ? 'nothing' : !own ? 'filled' : !other || fold(own) === fold(other) ? 'same' : 'kept';
    return { field, kept: own, gone: other, result: own || other, fate };
  };
  const tags = united(kept.tags, gone.tags);
  const added = tags.length > kept.tags.length;
  return [
    plain('name', kept.name, gone.name),
    plain('email', kept.email, gone.email),
    plain('phone', kept.phone, gone.phone),
    plain('locale', kept.locale, gone.locale),
    plain('channel', kept.channel, gone.channel),
    {
      field: 'tags',
      kept: kept.tags.join(', '),
      gone: gone.tags.join(', '),
      result: tags.join(', '),
      fate: tags.length === 0 ? 'nothing' : !added ? 'same' : kept.tags.length === 0 ? 'filled' : 'joined',
    },
    plain('note', kept.note, gone.note),
  ];
}

/** What the other record says and nobody sees any more: `kept` won over it. */
export function lost(all: readonly Outcome[]): Outcome['field'][] {
  return all.filter(({ fate }) => fate === 'kept').map(({ field }) => field);
}

/** Which record to propose as the one that stays: the one that says more; of equals, the older one. */
export function richer(one: Customer, other: Customer): Customer {
  const score = ({ email, phone, note, tags, has_medical }: Customer) =>
    [email, phone, note, tags.length > 0, has_medical].filter(Boolean).length;
  const difference = score(one) - score(other);
  if (difference !== 0) return difference > 0 ? one : other;
  return Date.parse(one.created_at) <= Date.parse(other.created_at) ? one : other;
}
