import { api, ask } from '../book/wire';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { Doing } from '$lib/doing.svelte';
import { router } from '$lib/router.svelte';
import { Once } from '../book/once';
import { dressAs } from '../book/shop';
import type { Slot } from '../book/days';
import type { Form } from './answers';
import type { OwnVisit } from './words';

export type Task = 'move' | 'cancel' | 'again' | 'messages' | 'forms';
/** Those that change the visit itself. */
type Deed = 'move' | 'cancel' | 'forms';

/** Without what is asked a visit is a visit. */
const NONE = { forms: [] };

/** One's own visit, behind its link. */
export class Own {
  token: string;
  visit = $state.raw<OwnVisit>();
  /** What is still to be filled in or agreed to. */
  forms = $state.raw<Form[]>([]);
  /** What is to be paid for it, or was; nothing as long as that isn't known. */
  payment = $state.raw<Schema<'OwnPaymentView'>>();
  /** What just happened to it. */
  done = $state<'moved' | 'cancelled' | 'filled'>();
  readonly #moves = new Once();
  readonly #cancels = new Once();
  /** Each task has its own: what went wrong with one says nothing of another. */
  readonly #doings: Partial<Record<Task, Doing>> & Record<Deed, Doing> = {
    move: new Doing(),
    cancel: new Doing(),
    forms: new Doing(),
  };
  /** Why it couldn't be shown. */
  unseen = $state.raw<Fault>();

  /** What was moved under this page is shown by the one that takes its place under the new address. */
  static #moved: Own | undefined;

  static at(token: string): Own {
    const moved = Own.#moved;
    Own.#moved = undefined;
    return moved?.token === token ? moved : new Own(token);
  }

  constructor(token: string) {
    this.token = token;
  }

  get #doing(): Doing | undefined {
    return this.task && this.#doings[this.task];
  }

  get busy(): boolean {
    return this.#doing?.busy ?? false;
  }

  get fault(): Fault | undefined {
    return this.#doing?.fault;
  }

  /** Whoever comes to a task begins it anew. */
  begin(): void {
    const doing = this.#doing;
    if (doing) doing.fault = undefined;
  }

  get task(): Task | undefined {
    const wished = router.query('do');
    const may = { move: this.visit?.may_move, cancel: this.visit?.may_cancel, again: this.alone, messages: true, forms: this.forms.length > 0 };
    return wished && wished in may && may[wished as Task] ? (wished as Task) : undefined;
  }

  /** Whether it can be made the first of several: it is certain, still to come, and one of no others yet. */
  get alone(): boolean {
    const { visit } = this;
    return visit?.status === 'confirmed' && !visit.series_place && Date.parse(visit.starts_at) > Date.now();
  }

  get path(): string {
    return `/b/${this.token}`;
  }

  async load(): Promise<void> {
    this.unseen = undefined;
    try {
      this.visit = await ask(api.GET('/v1/b/{token}', { params: { path: { token: this.token } } }));
      dressAs(this.visit.shop);
    } catch (error) {
      this.unseen = Fault.from(error);
      return;
    }
    const params = { path: { token: this.token } };
    const [{ forms }, payment] = await Promise.all([
      ask(api.GET('/v1/b/{token}/forms', { params })).catch(() => NONE),
      // Whoever has to pay is told if this can't be had.
      ask(api.GET('/v1/b/{token}/payment', { params })).catch(() => undefined),
    ]);
    this.forms = forms;
    this.payment = payment;
  }

  /** Somebody has just come back from the page where one pays. */
  get paying(): boolean {
    return router.query('paying') !== null;
  }

  /** Whether there is something to say of money. */
  get costs(): boolean {
    const { payment } = this;
    const moved = payment && (payment.state !== 'nothing' || payment.paid_minor > 0 || payment.refunded_minor > 0);
    const more = payment && (payment.may_pay_all || payment.card !== 'none');
    return this.paying || this.visit?.status === 'pending_payment' || (moved ?? false) || (more ?? false);
  }

  /** Whether paying comes first of all that can be done. */
  get due(): boolean {
    return this.payment?.state === 'due' && this.payment.online;
  }

  /** Money came, or the time for it is over: the visit stands otherwise. */
  async settled(): Promise<void> {
    if (this.paying) router.go(this.path, { replace: true });
    await this.load();
  }

  /** Fills in and agrees to all of it. */
  async fillIn(body: Schema<'OwnFormsInput'>): Promise<boolean> {
    return this.#doings.forms.run(async () => {
      await ask(api.POST('/v1/b/{token}/forms', { params: { path: { token: this.token } }, body }));
      this.forms = [];
      this.done = 'filled';
      router.go(this.path, { replace: true });
    });
  }

  async times(from: string, to: string): Promise<Slot[]> {
    const params = { path: { token: this.token }, query: { from, to } };
    return (await ask(api.GET('/v1/b/{token}/slots', { params }))).slots;
  }

  async move(start: string): Promise<boolean> {
    return this.#doings.move.run(async () => {
      const path = { token: this.token };
      const moved = await this.#moves.send({ start }, (body, header) =>
        api.POST('/v1/b/{token}/move', { params: { path, header }, body }),
      );
      // The way to it is another from now on: the one before leads nowhere any more.
      this.token = moved.link;
      this.visit = moved.visit;
      this.done = 'moved';
      Own.#moved = this;
      router.go(this.path, { replace: true });
    });
  }

  async cancel(reason: string): Promise<boolean> {
    return this.#doings.cancel.run(async () => {
      const path = { token: this.token };
      this.visit = await this.#cancels.send({ ...(reason.trim() && { reason: reason.trim() }) }, (body, header) =>
        api.POST('/v1/b/{token}/cancel', { params: { path, header }, body }),
      );
      this.done = 'cancelled';
      router.go(this.path, { replace: true });
    });
  }
}
