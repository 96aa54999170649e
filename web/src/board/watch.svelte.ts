import { api, ask } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { Schema } from '$lib/api/types';
import { boot } from '$lib/boot';
import { useHue } from '$lib/device';
import { Live } from '$lib/live';

type View = Schema<'PublicBoardView'>;
type Shop = Schema<'PublicPageView'>;

/** How often it is asked how long a newcomer would wait: that isn't on the screen's topic. */
const ASK_EVERY = 60_000;
const PATIENCE = 5000;
/** After a shop that isn't there, a screen looks again: somebody may have typed its name wrong, or changed it. */
const LOOK_AGAIN = 5 * 60_000;

/** What the screen in a shop shows, kept up to date without anybody near it. */
export class Watch {
  view = $state.raw<View>();
  newcomer = $state.raw<Schema<'PublicQueueView'>['newcomer']>();
  logo = $state.raw<Shop['logo']>();
  missing = $state(false);
  away = $state(false);
  heard = $state(Date.now());
  readonly slug: string;
  readonly location: string | undefined;
  #live: Live | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #timers: ReturnType<typeof setInterval>[] = [];
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(slug: string, location: string | undefined) {
    this.slug = slug;
    this.location = location;
    this.#colour();
    this.#follow();
    void this.#ask();
    this.#timers.push(setInterval(() => void this.#ask(), ASK_EVERY));
    this.#timers.push(setInterval(() => this.missing && this.#again(), LOOK_AGAIN));
  }

  #colour(): void {
    const given = boot()['shop'] as Shop | null | undefined;
    if (given) this.#dress(given);
    else if (given !== null) {
      ask(api.GET('/v1/public/{shop}', { params: { path: { shop: this.slug } } })).then(
        (shop) => this.#dress(shop),
        () => undefined,
      );
    }
  }

  #dress({ hue, logo }: Shop): void {
    useHue(hue);
    this.logo = logo;
  }

  #follow(): void {
    const live = new Live({
      greeting: { shop: this.slug },
      state: (state) => {
        if (state === 'open') this.#back();
        if (state === 'waiting') this.#miss();
      },
    });
    this.#live = live;
    const location = this.location;
    live.watch(location ? { sub: 'board', location } : { sub: 'board' }, {
      shown: (items) => {
        for (const item of items.values()) if (item.kind === 'board') this.#take(item.board);
        clearTimeout(this.#soon);
        this.#soon = setTimeout(() => void this.#ask(), 1500);
      },
      refused: () => (this.missing = true),
    });
  }

  #again(): void {
    this.missing = false;
    this.#live?.close();
    this.#follow();
  }

  #take(view: View): void {
    this.view = view;
    this.heard = Date.now();
    this.missing = false;
  }

  async #ask(): Promise<void> {
    const query = this.location ? { location: this.location } : {};
    const params = { path: { shop: this.slug }, query };
    try {
      this.newcomer = (await ask(api.GET('/v1/public/{shop}/queue', { params }))).newcomer;
      this.heard = Date.now();
    } catch (error) {
      if (Fault.from(error).status === 404) this.missing = true;
      else this.newcomer = undefined;
    }
  }

  #miss(): void {
    this.#patience ??= setTimeout(() => (this.away = true), PATIENCE);
  }

  #back(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.away = false;
    this.heard = Date.now();
  }

  close(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#soon);
    this.#timers.forEach(clearInterval);
    this.#live?.close();
  }
}
