import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { maybe, t } from '$lib/i18n/index.svelte';
import { sentence } from '$lib/ui/sentence';
import { desk } from '../desk.svelte';
import { said } from '../said.svelte';
import type { Book } from './book.svelte';
import { after, namedFor, wayBack, type Deed, type Visit } from './visits';

export type Slot = { start: string; end: string };
export type Reason = Schema<'WhyView'>;

/** Where a visit shall go. What is left out stays. */
export interface Aim {
  start: string;
  staff?: string[] | undefined;
  room?: string | undefined;
  location?: string | undefined;
  over?: boolean | undefined;
}

/** A move that was refused, and why. */
export interface Refused {
  visit: Visit;
  to: Aim;
  fault: Fault;
  reasons: Reason[];
}

interface Move {
  to: Aim;
  hope: Visit;
  tell: (before: Visit, now: Visit, to: Aim) => void | Promise<void>;
}

/** A move that waits for the answer to another one of the same visit. */
interface Next extends Move {
  answer: (moved: boolean) => void;
}

type Simple = Exclude<Deed, 'move' | 'cancel' | 'decline'>;
type Call = { params: { path: { id: string } }; body: { version: number } };

const CALLS: Record<Simple, (call: Call) => Promise<Visit>> = {
  confirm: (call) => ask(api.POST('/v1/appointments/{id}/confirm', call)),
  paid: (call) => ask(api.POST('/v1/appointments/{id}/paid', call)),
  check_in: (call) => ask(api.POST('/v1/appointments/{id}/check-in', call)),
  start: (call) => ask(api.POST('/v1/appointments/{id}/start', call)),
  complete: (call) => ask(api.POST('/v1/appointments/{id}/complete', call)),
  no_show: (call) => ask(api.POST('/v1/appointments/{id}/no-show', call)),
  step_back: (call) => ask(api.POST('/v1/appointments/{id}/step-back', call)),
};

export function nameOfVisit({ customer, title }: Pick<Visit, 'customer' | 'title'>): string {
  return customer?.name ?? title;
}

/** What can be done to the visits of a book: shown at once, and put back with the reason if it is refused. */
export class Deeds {
  readonly #book: Book;
  /** The last move that was refused. */
  refused = $state.raw<Refused>();
  /** The visits that an answer is awaited for. */
  busy = $state.raw<ReadonlySet<string>>(new Set());
  readonly #next = new Map<string, Next>();

  constructor(book: Book) {
    this.#book = book;
  }

  async act(visit: Visit, deed: Simple): Promise<boolean> {
    const done = await this.#try(visit, after(visit.status, deed), (call) => CALLS[deed](call));
    if (!done) return false;
    const back = wayBack(visit.status, deed);
    said.say(
      maybe(`visit.did.${namedFor(visit, deed)}`, { name: nameOfVisit(visit) }) ?? t('saved'),
      back.length > 0 ? () => this.#back(done, back as Simple[]) : undefined,
    );
    return true;
  }

  async decline(visit: Visit, reason: string): Promise<boolean> {
    const done = await this.#try(visit, 'cancelled', ({ params, body }) =>
      ask(api.POST('/v1/appointments/{id}/decline', { params, body: { ...body, ...(reason && { reason }) } })),
    );
    if (done) said.say(t('visit.did.decline', { name: nameOfVisit(visit) }));
    return done !== undefined;
  }

  async cancel(visit: Visit, reason: string, withFee: boolean): Promise<boolean> {
    const done = await this.#try(visit, 'cancelled', ({ params, body }) =>
      ask(api.POST('/v1/appointments/{id}/cancel', { params, body: { ...body, with_fee: withFee, ...(reason && { reason }) } })),
    );
    if (done) said.say(t('visit.did.cancel', { name: nameOfVisit(visit) }));
    return done !== undefined;
  }

  /** Moves a visit; `hope` is how it is shown until the answer comes. Whoever moves it once more before that moves
   *  what the answer brings. */
  move(visit: Visit, to: Aim, hope: Visit): Promise<boolean> {
    return this.#move(visit, { to, hope, tell: this.#moved });
  }

  async #move(visit: Visit, move: Move): Promise<boolean> {
    const { id } = visit;
    this.refused = undefined;
    this.#book.hope(move.hope);
    if (this.busy.has(id)) return this.#wait(id, move);
    this.#begin(id);
    let done: Visit | undefined;
    let fault: Fault | undefined;
    try {
      done = await this.#send(visit, move.to);
      this.#book.take(done);
    } catch (error) {
      this.#book.unhope(id);
      fault = Fault.from(error);
    }
    // What goes on at once isn't there.
    const stays = !this.#next.has(id);
    this.#end(id, done);
    if (fault) await this.#refuse(visit, move.to, fault);
    else if (done && stays) await move.tell(visit, done, move.to);
    return done !== undefined;
  }

  #wait(id: string, move: Move): Promise<boolean> {
    return new Promise((answer) => {
      const before = this.#next.get(id);
      before?.answer(false);
      // What the last one doesn't say is as the one before has it.
      this.#next.set(id, { ...move, to: { ...before?.to, ...move.to }, answer });
    });
  }

  /** The move that waited for an answer. If that was a refusal, it would begin where the visit never came. */
  #goOn(id: string, now: Visit | undefined): void {
    const next = this.#next.get(id);
    if (!next) return;
    this.#next.delete(id);
    if (now) {
      const hope = { ...next.hope, status: now.status, version: now.version };
      void this.#move(now, { ...next, hope }).then(next.answer);
    } else {
      this.#book.unhope(id);
      next.answer(false);
    }
  }

  #moved = async (before: Visit, now: Visit, to: Aim): Promise<void> => {
    const way = await import('./back').catch(() => undefined);
    const back = way?.backFrom(to, before, desk.can('booking:override'));
    const hope = { ...before, version: now.version };
    const tell = () => said.say(t('visit.undone'));
    const undo = back && (async () => void (await this.#move(now, { to: back, hope, tell })));
    said.say(t('visit.did.move', { name: nameOfVisit(before) }), undo);
  };

  #send({ id, version }: Visit, { start, staff, room, location, over }: Aim): Promise<Visit> {
    return ask(
      api.POST('/v1/appointments/{id}/move', {
        params: { path: { id } },
        body: { version, start, ...(staff && { staff }), ...(room && { room }), ...(location && { location }), ...(over && { over }) },
      }),
    );
  }

  /** Says why a move can't be, with names. */
  async #refuse(visit: Visit, to: Aim, fault: Fault): Promise<void> {
    if (fault.code === 'stale_version' || fault.code === 'offline') {
      await this.#explain(visit, fault);
      return;
    }
    const refused: Refused = { visit, to, fault, reasons: [] };
    this.refused = refused;
    const reasons = await import('./why').then(({ whyNot }) => whyNot(visit, to)).catch(() => []);
    // By then it may have been put away.
    if (this.refused === refused) this.refused = { ...refused, reasons };
  }

  async #try(visit: Visit, status: string, call: (call: Call) => Promise<Visit>): Promise<Visit | undefined> {
    if (this.busy.has(visit.id)) return undefined;
    this.#book.hope({ ...visit, status });
    this.#begin(visit.id);
    let done: Visit | undefined;
    try {
      done = await call({ params: { path: { id: visit.id } }, body: { version: visit.version } });
      this.#book.take(done);
      return done;
    } catch (error) {
      this.#book.unhope(visit.id);
      await this.#explain(visit, Fault.from(error));
      return undefined;
    } finally {
      this.#end(visit.id, done);
    }
  }

  async #back(visit: Visit, steps: Simple[]): Promise<void> {
    let now: Visit | undefined = visit;
    for (const step of steps) {
      const before: Visit = now;
      now = await this.#try(before, after(before.status, step), (call) => CALLS[step](call));
      if (!now) return;
    }
    said.say(t('visit.undone'));
  }

  /** Tells why something was put back; if somebody changed it meanwhile, who and what. */
  async #explain(visit: Visit, fault: Fault): Promise<void> {
    if (fault.code !== 'stale_version') {
      said.say(sentence(fault));
      return;
    }
    await this.#book.again(visit.id).catch(() => undefined);
    const why = await import('./why').catch(() => undefined);
    said.say(why?.meanwhile(visit, fault) ?? sentence(fault));
  }

  #begin(id: string): void {
    this.busy = new Set(this.busy).add(id);
  }

  #end(id: string, now: Visit | undefined): void {
    this.busy = new Set([...this.busy].filter((each) => each !== id));
    this.#goOn(id, now);
  }
}
