import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { Live } from '$lib/live';
import { isOpen, newer, sceneOf } from './scene';

type Ticket = Schema<'OwnEntryView'>;

/** A line that breaks for a moment is nobody's trouble. */
const PATIENCE = 4000;
/** What is over may be taken back at the desk for a quarter of an hour. */
const LOOK_AGAIN = 30_000;
const TAKEN_BACK_WITHIN = 16 * 60_000;

/** One's own place in a line, kept up to date. */
export class Place {
  ticket = $state.raw<Ticket>();
  /** When that was so. */
  heard = $state(Date.now());
  /** The link leads nowhere, or nowhere any more. */
  gone = $state(false);
  /** Nothing has been heard for a while. */
  away = $state(false);
  #token: string;
  #live: Live | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #overSince = 0;
  #closed = false;

  constructor(token: string) {
    this.#token = token;
    void this.look();
    this.#follow();
    document.addEventListener('visibilitychange', this.#woken);
  }

  get path() {
    return { params: { path: { token: this.#token } } };
  }

  /** Asks how it stands, besides what is told. */
  async look(): Promise<void> {
    try {
      this.take(await ask(api.GET('/v1/q/{token}', this.path)));
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.status === 404) this.gone = true;
      else this.#miss();
    }
  }

  take(ticket: Ticket): void {
    if (this.#closed) return;
    this.ticket = newer(this.ticket, ticket);
    this.heard = Date.now();
    this.gone = false;
    clearTimeout(this.#again);
    if (isOpen(sceneOf(this.ticket))) {
      this.#overSince = 0;
      if (!this.#live) this.#follow();
      return;
    }
    this.#heardAgain();
    this.#overSince ||= Date.now();
    if (Date.now() - this.#overSince < TAKEN_BACK_WITHIN) {
      this.#again = setTimeout(() => void this.look(), LOOK_AGAIN);
    }
  }

  #follow(): void {
    const live = new Live({
      greeting: { auth: this.#token },
      state: (state) => {
        if (this.#closed || live !== this.#live) return;
        if (state === 'open') this.#heardAgain();
        if (state === 'waiting') this.#miss();
        if (state === 'over') {
          this.#live = undefined;
          void this.look();
        }
      },
    });
    this.#live = live;
    live.watch(
      { sub: 'ticket' },
      {
        shown: (items) => {
          const item = items.get('ticket');
          if (item?.kind === 'ticket') this.take(item.ticket);
        },
      },
    );
  }

  #miss(): void {
    this.#patience ??= setTimeout(() => (this.away = true), PATIENCE);
  }

  #heardAgain(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.away = false;
  }

  #woken = (): void => {
    if (!document.hidden && !this.#live) void this.look();
  };

  close(): void {
    this.#closed = true;
    clearTimeout(this.#patience);
    clearTimeout(this.#again);
    document.removeEventListener('visibilitychange', this.#woken);
    this.#live?.close();
  }
}
