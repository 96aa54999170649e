import { Fault } from '$lib/api/fault';
import { Doing } from '$lib/doing.svelte';
import { takeToken, useHue } from '$lib/device';
import { i18n } from '$lib/i18n/index.svelte';
import { device } from '$lib/store';
import { api, ask } from '../book/wire';
import { hueOf, type OwnVisits } from './list';

/** The cookie itself can't be read: this says whether it is worth asking with it. */
const KNOWN = 'openchair.me';

/** Somebody who comes back, on a device that may know them. */
export class Me {
  /** The secret of the link that led here: pressing a button uses it up, opening the page doesn't. */
  token = $state(takeToken());
  /** Whether this device has a pass, as far as one knows. */
  known = $state(device.get(KNOWN) === '1');
  visits = $state.raw<OwnVisits>();
  /** Whom a link was promised to, and how often. */
  asked = $state.raw<{ email: string; times: number }>();
  /** What became of the wish to be forgotten: only a new link proves who may wish so for other devices. */
  forgotten = $state.raw<'done' | 'here_only'>();
  readonly #doing = new Doing();

  get busy(): boolean {
    return this.#doing.busy;
  }

  get fault(): Fault | undefined {
    return this.#doing.fault;
  }

  /** Another link was opened in this very tab. */
  linked(): void {
    const token = takeToken();
    if (!token) return;
    this.token = token;
    this.#doing.fault = undefined;
  }

  /** Shows the visits, if this device is known. */
  async load(): Promise<void> {
    await this.#doing.run(async () => {
      try {
        this.visits = await ask(api.GET('/v1/regulars/visits'));
      } catch (error) {
        if (Fault.from(error).code !== 'no_pass') throw error;
        return this.#keep(false);
      }
      const hue = hueOf(this.visits);
      if (hue !== undefined) useHue(hue);
    });
  }

  /** Proves the address by the link. */
  async open(): Promise<void> {
    const { token } = this;
    const done = await this.#doing.run(async () => {
      try {
        await ask(api.POST('/v1/regulars/link/redeem', { body: { token } }));
      } catch (error) {
        // It leads nowhere: another one is asked for, unless this device is known all the same.
        if (Fault.from(error).code === 'link_invalid') this.token = '';
        throw error;
      }
      this.token = '';
      this.asked = undefined;
      this.forgotten = undefined;
      this.visits = undefined;
      this.#keep(true);
    });
    if (done) await this.load();
  }

  async send(email: string): Promise<void> {
    await this.#doing.run(async () => {
      this.forgotten = undefined;
      await ask(api.POST('/v1/regulars/link', { body: { email, locale: i18n.language } }));
      this.asked = { email, times: (this.asked?.times ?? 0) + 1 };
    });
  }

  /** This device knows nobody any more, or none does. */
  async forget(where: 'here' | 'everywhere'): Promise<void> {
    await this.#doing.run(async () => {
      let expired = false;
      try {
        await ask(where === 'here' ? api.POST('/v1/regulars/forget') : api.POST('/v1/regulars/forget-everywhere'));
      } catch (error) {
        if (Fault.from(error).code !== 'no_pass') throw error;
        expired = true;
      }
      this.#keep(false);
      await (await import('./notes')).forgetNotes();
      this.forgotten = expired && where === 'everywhere' ? 'here_only' : 'done';
    });
  }

  #keep(known: boolean): void {
    this.known = known;
    device.set(KNOWN, known ? '1' : null);
    if (known) return;
    this.visits = undefined;
    this.asked = undefined;
  }
}
