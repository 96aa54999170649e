import { Doing } from '../../loaded.svelte';
import { keep } from '../keep';
import { onTopOf, typedOf, type Customer, type Field, type Typed } from '../record';

/** What somebody types of a customer, until it is kept; it outlives that somebody else changes the same. */
export class Draft {
  typed = $state<Typed>({ name: '', email: '', phone: '', locale: '', channel: '', note: '', tags: '' });
  /** What it was begun with, or what somebody else left since. */
  seen = $state.raw<Customer>() as Customer;
  clashes = $state.raw<Field[]>([]);
  readonly doing = new Doing();

  constructor(customer: Customer) {
    this.seen = customer;
    this.typed = typedOf(customer);
  }

  get theirs(): Typed {
    return typedOf(this.seen);
  }

  /** Takes what somebody else wrote into a field. */
  take(field: Field): void {
    this.typed[field] = this.theirs[field];
    this.clashes = this.clashes.filter((each) => each !== field);
  }

  /** Keeps it; gives the customer as they are now, unless something is in the way. */
  async keep(): Promise<{ customer: Customer; alsoTheirs: boolean } | undefined> {
    let kept: { customer: Customer; alsoTheirs: boolean } | undefined;
    await this.doing.run(async () => {
      const answer = await keep(this.seen, { ...this.typed });
      if ('now' in answer) {
        this.typed = onTopOf(typedOf(answer.now), { ...this.typed }, typedOf(this.seen));
        this.seen = answer.now;
        this.clashes = answer.fields;
      } else {
        kept = answer;
        this.clashes = [];
      }
    });
    return kept;
  }
}
