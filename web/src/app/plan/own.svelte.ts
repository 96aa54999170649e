import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { Turns } from '$lib/turns';
import { Doing } from '../loaded.svelte';
import { isSettled, pauseAfter, type OwnPlan } from './plan';
import { stands } from './stands.svelte';

/** The plan of one's business, and what is done with it. */
export class Own {
  now = $state.raw<OwnPlan>();
  fault = $state.raw<Fault>();
  /** Somebody came back from the provider's pages: it is asked how the plan is paid. */
  looking = $state(false);
  /** It was asked often enough, and nothing came. */
  none = $state(false);
  readonly leaving = new Doing();
  readonly changing = new Doing();
  readonly #turns = new Turns();

  #take(now: OwnPlan): void {
    [this.now, this.fault] = [now, undefined];
    stands.take(now);
  }

  /** How it stands, as far as is known here. */
  async load(): Promise<void> {
    const last = this.#turns.next();
    try {
      const now = await ask(api.GET('/v1/plan'));
      if (last()) this.#take(now);
    } catch (error) {
      if (last()) this.fault = Fault.from(error);
    }
  }

  /** Asks the provider until there is nothing to wait for. Gives whether it came to that. */
  async follow(): Promise<boolean> {
    const last = this.#turns.next();
    [this.looking, this.none, this.fault] = [true, false, undefined];
    let fault: Fault | undefined;
    for (let looks = 1, pause: number | undefined = 0; pause !== undefined; looks += 1) {
      await new Promise((done) => setTimeout(done, pause));
      if (!last()) return false;
      const found: OwnPlan | undefined = await ask(api.POST('/v1/plan/look')).catch((error: unknown) => {
        fault = Fault.from(error);
        return undefined;
      });
      if (!last()) return false;
      if (found) {
        this.#take(found);
        fault = undefined;
      }
      // Where plans cost nothing there is nothing to come.
      pause = fault?.status === 409 ? undefined : pauseAfter(found, looks);
    }
    const settled = isSettled(this.now);
    [this.looking, this.none, this.fault] = [false, !settled && !fault, fault];
    return settled;
  }

  /** Nobody looks at it any more. */
  leave(): void {
    this.#turns.next();
  }

  /** To the page where a plan is paid. */
  take(plan: string): Promise<boolean> {
    return this.#go(() => ask(api.POST('/v1/plan/checkout', { body: { plan } })));
  }

  /** To the pages with the bills. */
  portal(): Promise<boolean> {
    return this.#go(() => ask(api.POST('/v1/plan/portal')));
  }

  async #go(page: () => Promise<{ url: string }>): Promise<boolean> {
    const gone = await this.leaving.run(async () => {
      const { url } = await page();
      location.assign(url);
      // Until the page is gone, the button isn't to be pressed again.
      await new Promise(() => undefined);
    });
    await this.#mend(this.leaving.fault);
    return gone;
  }

  /** Another plan from now on. */
  async change(plan: string): Promise<boolean> {
    const ok = await this.changing.run(async () => {
      const now = await ask(api.PUT('/v1/plan', { body: { plan } }));
      this.#turns.next();
      [this.looking, this.none] = [false, false];
      this.#take(now);
    });
    if (!ok) await this.#mend(this.changing.fault);
    return ok;
  }

  /** Somebody else took or changed it meanwhile: what is shown is old. */
  async #mend(fault: Fault | undefined): Promise<void> {
    if (fault?.status === 409) await this.load();
  }
}
