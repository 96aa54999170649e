// What a business's note to a browser says, as it comes (docs/guide/messages.md), and where a tap on it leads.

/** What is shown where a note can't be read: a browser that is told must show something. */
const NAMELESS = 'Openchair';

export interface Note {
  title: string;
  options: { body: string; lang: string; tag: string | undefined; data: string };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A path of our own pages; anything else leads to the list of one's visits. */
export function pathOf(url: string, origin: string): string {
  try {
    const { origin: theirs, pathname, search } = new URL(url, origin);
    return url && theirs === origin ? pathname + search : '/me';
  } catch {
    return '/me';
  }
}

export function noteOf(said: string | undefined, origin: string): Note {
  let note: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(said ?? '');
    if (parsed && typeof parsed === 'object') note = parsed as Record<string, unknown>;
  } catch {
    // It says nothing that could be read.
  }
  const { id, lang, title, body, url } = note;
  return {
    title: text(title) || NAMELESS,
    // A note that comes twice is shown once.
    options: { body: text(body), lang: text(lang), tag: text(id) || undefined, data: pathOf(text(url), origin) },
  };
}
