// A connection that comes back, and shows what changes (docs/live.md).
import { VERSION, nameOf } from './messages';
import type { Greeting, LiveBye, LiveError, LiveMessage, Wish } from './messages';
import { pause } from './pause';
import { Shown } from './shown';
import type { Items } from './shown';

/** How the connection stands: `waiting` for the next try, `over` for good. */
export type State = 'connecting' | 'open' | 'waiting' | 'over';

/** What is told to whoever watches something. */
export interface Watcher {
  /** Everything that is shown now, whenever it is something else. */
  shown(items: Items): void;
  /** It can't be watched. */
  refused?(error: LiveError): void;
}

/** As much of a WebSocket as is needed. */
export interface Line {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Options {
  /** In which business, where the session's own isn't meant. */
  tenant?: string;
  /** Who it is, where no cookie says so. */
  greeting?: Greeting;
  /** How the connection stands, whenever that changes. */
  state?: (state: State, why?: LiveBye['reason']) => void;
  /** For tests: the connection, chance, and where the browser's events come from. */
  open?: (url: string) => Line;
  random?: () => number;
  page?: EventTarget & { hidden?: boolean };
  network?: EventTarget;
}

interface Watch {
  wish: Wish;
  name: string;
  shown: Shown;
  watcher: Watcher;
}

/** How often it is asked whether anybody is there, and how long the answer may take. */
const ASK_EVERY = 45_000;
const ANSWER = 8_000;

/** What a screen's topic is called before its location is known. */
const ANY_BOARD = 'board:';

/** Nothing helps but doing something about it. */
const FOR_GOOD = new Set(['not_signed_in', 'over', 'too_large', 'not_text', 'bad_frame']);

export class Live {
  #options: Options;
  #line: Line | null = null;
  #greeted = false;
  #watches: Watch[] = [];
  /** Asked for and not answered yet, in the order of asking. */
  #asked: Watch[] = [];
  #tries = 0;
  #bye: LiveBye | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #pings = 0;
  #state: State = 'connecting';
  readonly #page: Options['page'];
  readonly #network: EventTarget;

  constructor(options: Options = {}) {
    this.#options = options;
    this.#page = options.page ?? document;
    this.#network = options.network ?? window;
    this.#page?.addEventListener('visibilitychange', this.#back);
    this.#network.addEventListener('online', this.#back);
    this.#connect();
  }

  get state(): State {
    return this.#state;
  }

  /** Watches something until the function that this gives back is called. */
  watch(wish: Wish, watcher: Watcher): () => void {
    const watch: Watch = { wish, name: nameOf(wish), shown: new Shown(), watcher };
    this.#watches.push(watch);
    if (this.#greeted) this.#ask(watch);
    return () => {
      if (!this.#watches.includes(watch)) return;
      this.#watches = this.#watches.filter((other) => other !== watch);
      const last = !this.#watches.some((other) => other.name === watch.name);
      if (this.#greeted && last && watch.name !== ANY_BOARD) this.#say({ unsub: watch.name });
    };
  }

  /** Ends it for good. */
  close(): void {
    this.#page?.removeEventListener('visibilitychange', this.#back);
    this.#network.removeEventListener('online', this.#back);
    this.#watches = [];
    this.#become('over');
    this.#drop();
  }

  #become(state: State, why?: string): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.state?.(state, why);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#become('connecting');
    const { tenant, greeting } = this.#options;
    // Who says who they are doesn't mean the session that this browser may hold besides.
    const query = greeting ? '?anybody=true' : tenant ? `?tenant=${encodeURIComponent(tenant)}` : '';
    const open = this.#options.open ?? ((url) => new WebSocket(url) as unknown as Line);
    const line = open(`/v1/live${query}`);
    this.#line = line;
    this.#greeted = false;
    this.#asked = [];
    this.#bye = null;
    line.onopen = () => {
      if (greeting) this.#say(greeting);
    };
    line.onmessage = (event) => {
      if (this.#line === line) this.#hear(event.data);
    };
    line.onclose = () => {
      if (this.#line === line) this.#gone();
    };
    // A connection that never comes about, or never says hello.
    this.#expect(ANSWER * 2);
  }

  #say(message: object): void {
    this.#line?.send(JSON.stringify(message));
  }

  #ask(watch: Watch): void {
    this.#asked.push(watch);
    const { seq: since, audience } = watch.shown;
    this.#say(since === null ? watch.wish : { ...watch.wish, since, audience });
  }

  /** Without a word by then, the connection is given up. */
  #expect(within: number): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      this.#drop();
      this.#gone();
    }, within);
  }

  /** In a while it is asked whether anybody is there. */
  #askLater(): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      this.#ping();
    }, ASK_EVERY);
  }

  #ping(): void {
    this.#pings += 1;
    this.#say({ ping: this.#pings });
    this.#expect(ANSWER);
  }

  #hear(data: unknown): void {
    const message = read(data);
    if (!message) return;
    switch (message.type) {
      case 'hello':
        this.#hello(message.v);
        break;
      case 'snapshot':
        this.#of(message.topic, true, (watch) => {
          watch.shown.snapshot(message.seq, message.items, message.audience ?? undefined);
          return true;
        });
        break;
      case 'change':
        this.#of(message.topic, true, ({ shown }) =>
          shown.change(message.seq, message.items, message.gone) &&
          message.items.length + message.gone.length > 0,
        );
        break;
      case 'resync':
        this.#of(message.topic, false, () => false);
        break;
      case 'pong':
        for (const { shown } of this.#watches) shown.upTo(message.seq);
        break;
      case 'error':
        this.#refused(message);
        break;
      case 'bye':
        this.#bye = message;
        break;
    }
    if (this.#greeted) this.#askLater();
  }

  #hello(version: number): void {
    if (version !== VERSION) {
      // A newer server: only a newer page knows what it says.
      this.close();
      return;
    }
    this.#greeted = true;
    this.#tries = 0;
    this.#become('open');
    for (const watch of this.#watches) this.#ask(watch);
  }

  /** Does something to all watches of a topic, and shows what came of it. */
  #of(topic: string, answers: boolean, change: (watch: Watch) => boolean): void {
    const first = this.#asked[0];
    // A screen's location is known now.
    const found = first?.name === ANY_BOARD && topic.startsWith(ANY_BOARD);
    if (found) first.name = topic;
    if (answers && first?.name === topic) this.#asked.shift();
    // Nobody could say before that it is watched no more.
    if (found && !this.#watches.some((one) => one.name === topic)) this.#say({ unsub: topic });
    for (const watch of this.#watches.filter((one) => one.name === topic)) {
      if (change(watch)) watch.watcher.shown(watch.shown.items);
    }
  }

  /** What is refused may have been shown before. Without a name it is what was asked for first. */
  #refused(error: LiveError): void {
    const topic = error.topic ?? undefined;
    const asked = this.#asked.find((one) => topic === undefined || one.name === topic);
    const refused = asked ? [asked] : this.#watches.filter((one) => one.name === topic);
    this.#asked = this.#asked.filter((one) => !refused.includes(one));
    this.#watches = this.#watches.filter((one) => !refused.includes(one));
    for (const { watcher } of refused) watcher.refused?.(error);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#asking);
    const line = this.#line;
    this.#line = null;
    this.#greeted = false;
    line?.close();
  }

  #gone(): void {
    clearTimeout(this.#asking);
    this.#line = null;
    this.#greeted = false;
    if (this.#state === 'over') return;
    const reason = this.#bye?.reason;
    // Whoever comes back may see something else: what was shown is worth nothing.
    if (reason === 'signed_out') for (const { shown } of this.#watches) shown.forget();
    if (reason !== undefined && FOR_GOOD.has(reason)) {
      this.#become('over', reason);
      return;
    }
    const wait = this.#bye?.retry_ms ?? pause(this.#tries, this.#options.random ?? Math.random);
    this.#tries += 1;
    this.#become('waiting', reason);
    this.#timer = setTimeout(() => {
      this.#connect();
    }, wait);
  }

  /** The page is looked at again, or the network is back: nobody waits for the next try. */
  #back = (): void => {
    if (this.#page?.hidden) return;
    if (this.#state === 'waiting') this.#connect();
    // After a sleep a connection may look open to us alone.
    else if (this.#state === 'open') this.#ping();
  };
}

function read(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    return JSON.parse(data) as LiveMessage;
  } catch {
    return null;
  }
}
