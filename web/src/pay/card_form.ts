/** The provider's form for cards. It stands in a frame of theirs: nothing that is typed there comes to this page. */

export interface CardFormFacts {
  script: string;
  key: string;
  account: string;
  secret: string;
}

/** What of the provider's script is used. */
export interface Embedded {
  mount(where: HTMLElement): void;
  destroy(): void;
}
interface Provider {
  createEmbeddedCheckoutPage(options: {
    fetchClientSecret: () => Promise<string>;
    onComplete: () => void;
  }): Promise<Embedded>;
}
type Enter = (key: string, options: { stripeAccount: string }) => Provider;

declare global {
  interface Window {
    Stripe?: Enter;
  }
}

/** Who waits longer for the script than this is led to the page. */
const LONGEST = 8_000;

/** Loads a script once; fails if it doesn't come in time. */
export function load(src: string, longest = LONGEST): Promise<void> {
  return new Promise((done, fail) => {
    const script = Object.assign(document.createElement('script'), { src, async: true });
    const give = (up: () => void) => () => {
      clearTimeout(late);
      up();
    };
    const lost = give(() => {
      // The next try begins anew.
      script.remove();
      fail(new Error(`The form for cards didn't come from ${src}`));
    });
    const late = setTimeout(lost, longest);
    script.onload = give(done);
    script.onerror = lost;
    document.head.append(script);
  });
}

/** The form, ready to be shown. */
export async function opened(form: CardFormFacts, ondone: () => void): Promise<Embedded> {
  if (!window.Stripe) await load(form.script);
  if (!window.Stripe) throw new Error('The script of the form for cards shows nothing');
  const provider = window.Stripe(form.key, { stripeAccount: form.account });
  return provider.createEmbeddedCheckoutPage({
    fetchClientSecret: () => Promise.resolve(form.secret),
    onComplete: ondone,
  });
}
