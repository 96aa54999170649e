import { tick } from 'svelte';

/** The address of the page within its shell. Other shells are loaded, not routed to. */
class Router {
  path = $state(location.pathname);
  search = $state(location.search);
  /** Counts moves: the first page of a visit does not take the focus, later ones do. */
  moves = $state(0);
  #mine: (path: string) => boolean = () => false;

  /** Starts to answer clicks on links whose path belongs to this shell. */
  start(mine: (path: string) => boolean): void {
    this.#mine = mine;
    addEventListener('popstate', () => this.#moved());
    document.addEventListener('click', (event) => this.#clicked(event));
  }

  query(name: string): string | null {
    return new URLSearchParams(this.search).get(name);
  }

  go(to: string, how: { replace?: boolean } = {}): void {
    const url = new URL(to, location.href);
    if (!this.#mine(url.pathname)) {
      location.assign(url);
      return;
    }
    history[how.replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#moved();
    void tick().then(() => scrollTo(0, 0));
  }

  #moved(): void {
    this.path = location.pathname;
    this.search = location.search;
    this.moves += 1;
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
    if (!link || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.hash || !this.#mine(link.pathname)) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();
