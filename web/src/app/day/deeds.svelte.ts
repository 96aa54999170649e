import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { maybe, t } from '$lib/i18n/index.svelte';
import { sentence } from '$lib/ui/sentence';
import { desk } from '../desk.svelte';
import { said } from '../said.svelte';
import { backFrom, bothOf } from './back';
import type { Book } from './book.svelte';
import { after, askedFor, wayBack, type Deed, type Visit } from './visits';

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

/** A move that was refused: why, and which times are near. */
export interface Refused {
  visit: Visit;
  to: Aim;
  fault: Fault;
  reasons: Reason[];
  near: Slot[];
}

interface Move {
  to: Aim;
  hope: Visit;
  tell: (before: Visit, now: Visit, to: Aim) => void;
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
      maybe(`visit.did.${deed}`, { name: nameOfVisit(visit) }) ?? t('saved'),
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
      // What goes on at once isn't there.
      if (!this.#next.has(id)) move.tell(visit, done, move.to);
    } catch (error) {
      this.#book.unhope(id);
      fault = Fault.from(error);
    }
    this.#end(id, done);
    if (fault) await this.#refuse(visit, move.to, fault);
    return done !== undefined;
  }

  #wait(id: string, move: Move): Promise<boolean> {
    return new Promise((answer) => {
      const before = this.#next.get(id);
      before?.answer(false);
      this.#next.set(id, { ...move, to: bothOf(before?.to, move.to), answer });
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

  #moved = (before: Visit, now: Visit, to: Aim): void => {
    const back = backFrom(to, before, desk.can('booking:override'));
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

  /** Says why a move can't be, with names, and what is near. */
  async #refuse(visit: Visit, to: Aim, fault: Fault): Promise<void> {
    if (fault.code === 'stale_version' || fault.code === 'offline') {
      await this.#explain(visit, fault);
      return;
    }
    const { alternatives = [] } = (fault.particulars ?? {}) as { alternatives?: Slot[] };
    const refused: Refused = { visit, to, fault, reasons: [], near: alternatives };
    this.refused = refused;
    const reasons = await whyNot(visit, to).catch(() => []);
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
    said.say(meanwhile(visit, fault));
  }

  #begin(id: string): void {
    this.busy = new Set(this.busy).add(id);
  }

  #end(id: string, now: Visit | undefined): void {
    this.busy = new Set([...this.busy].filter((each) => each !== id));
    this.#goOn(id, now);
  }
}

/** What happened to a visit since it was looked at. */
export function meanwhile(visit: Visit, fault: Fault): string {
  const { changes = [] } = (fault.particulars ?? {}) as { changes?: { action: string; by: string }[] };
  const last = changes.at(-1);
  const what = last && maybe(`visit.history.${last.action}`);
  return last && what
    ? t('visit.stale', { name: nameOfVisit(visit), by: last.by, what })
    : t('visit.stale.somehow', { name: nameOfVisit(visit) });
}

/** Why a visit can't be there, with names. */
export async function whyNot(visit: Visit, { start, staff, room, location }: Aim): Promise<Reason[]> {
  const query = {
    ...askedFor(visit, !staff),
    ...(staff && staff.length > 0 && { staff: staff.join(',') }),
    ...(room && { room }),
    location: location ?? visit.location,
    start,
    instead_of: visit.id,
  };
  return (await ask(api.GET('/v1/availability/why', { params: { query } }))).reasons;
}

/** A reason as a sentence. `whose` names the visit in the way, if it is known here. */
export function reasonText(reason: Reason, whose: (id: string) => string | undefined): string {
  const who = reason.staff_name ?? reason.room_name ?? '';
  const other = reason.appointment ? whose(reason.appointment) : undefined;
  const known = other ? maybe(`visit.why.${reason.code}.with`, { name: who, other }) : undefined;
  return known ?? maybe(`visit.why.${reason.code}`, { name: who }) ?? t('visit.why.other');
}
