// A mail as somebody will see it, shown within our page. Our pages run no foreign markup and no inline
// styles, so it is built anew: elements from a short list, styles one by one, no links, no pictures.

const TAGS = new Set(['div', 'p', 'span', 'b', 'strong', 'em', 'i', 'u', 'br', 'hr', 'ul', 'ol', 'li', 'table', 'tbody', 'tr', 'td', 'blockquote']);
/** Shown as something else: a page has one heading of its own, and nothing here leads away. */
const INSTEAD: Record<string, string> = { h1: 'div', h2: 'div', h3: 'div', a: 'span', center: 'div', body: 'div' };
const GONE = new Set(['script', 'style', 'head', 'title', 'meta', 'link', 'iframe', 'object', 'embed', 'img', 'svg', 'form', 'input', 'noscript', 'template']);
const STYLES = /^(background|background-color|border|border-(top|right|bottom|left|radius|collapse|spacing)|color|direction|display|font|font-(size|weight|style|family)|letter-spacing|line-height|margin|margin-(top|right|bottom|left)|max-width|min-width|width|padding|padding-(top|right|bottom|left)|text-(align|decoration)|vertical-align|white-space|word-break)$/;

/** The declarations of a style that may be shown. */
export function declarations(style: string): [string, string][] {
  return style
    .split(';')
    .map((each): [string, string] => {
      const at = each.indexOf(':');
      return [each.slice(0, at).trim().toLowerCase(), each.slice(at + 1).trim()];
    })
    .filter(([name, value]) => STYLES.test(name) && value !== '' && !/url\(|expression|javascript:|!important|position/i.test(value));
}

/** What an element of a mail is shown as; undefined: not at all, empty: only what is in it. */
export function shownAs(tag: string): string | undefined {
  if (GONE.has(tag)) return undefined;
  return INSTEAD[tag] ?? (TAGS.has(tag) ? tag : '');
}

/** The mail's content as new nodes. */
export function built(html: string): Node[] {
  // A style in markup would be refused, and noted, as soon as it is read: it is carried under another name.
  const inert = html.replace(/\sstyle=/gi, ' data-look=').replace(/<style[\s\S]*?<\/style>/gi, '');
  const { body } = new DOMParser().parseFromString(inert, 'text/html');
  const root = again(body);
  return root ? [root] : [];
}

function again(from: Node): Node | undefined {
  if (from.nodeType === Node.TEXT_NODE) return document.createTextNode(from.textContent ?? '');
  if (!(from instanceof Element)) return undefined;
  const tag = from.tagName.toLowerCase();
  const as = shownAs(tag);
  if (as === undefined) return undefined;
  const children = [...from.childNodes].map(again).filter((each) => each !== undefined);
  if (as === '') {
    const bare = document.createDocumentFragment();
    bare.append(...children);
    return bare;
  }
  const made = document.createElement(as);
  for (const [name, value] of declarations(from.getAttribute('data-look') ?? '')) made.style.setProperty(name, value);
  if (tag === 'table') made.setAttribute('role', 'presentation');
  for (const name of ['dir', 'lang']) {
    const value = from.getAttribute(name);
    if (value) made.setAttribute(name, value);
  }
  if (tag === 'a' || /^h[1-3]$/.test(tag)) made.className = tag;
  if (made.style.display === 'none') return undefined;
  made.append(...children);
  return made;
}
