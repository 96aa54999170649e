// What a business puts on a site of its own:
//
//   <script src="https://…/widget.js" data-shop="lagoon" async></script>
//
// A button, and a dialog with the shop's page in a frame. Others' style sheets reach into neither, and ours
// reaches nothing of theirs: all of it stands in a shadow. The style sheet is put in by a script, which a
// site's content policy permits as soon as it permits this file.
import look from './look.css?inline';
import { hueOf, wordsOf } from './words';

/** What the page in the frame says to whoever frames it. */
type Said = { openchair?: 'close' };

function start(script: HTMLScriptElement): void {
  const { shop, label, hue } = script.dataset;
  const { origin } = new URL(script.src);
  const page = document.documentElement;
  const [book, close] = wordsOf(page.lang);

  const host = document.createElement('div');
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(look);
  shadow.adoptedStyleSheets = [sheet];
  const angle = hueOf(hue);
  if (angle !== undefined) host.style.setProperty('--hue', String(angle));
  // Right to left if the page is.
  host.dir = getComputedStyle(page).direction;

  const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, into: ParentNode, more: object) =>
    into.appendChild(Object.assign(document.createElement(name), more));

  const dialog = make('dialog', shadow, { ariaLabel: label ?? book });
  make('button', dialog, { className: 'close', type: 'button', ariaLabel: close, textContent: '×' }).onclick = () =>
    dialog.close();
  let frame: HTMLIFrameElement | undefined;
  let opener: HTMLElement | undefined;
  let unlock: (() => void) | undefined;

  function open(slug: string, by: HTMLElement): void {
    const src = `${origin}/${encodeURIComponent(slug)}?embed`;
    // Whoever closed it by mistake finds everything as they left it.
    if (frame?.src !== src) {
      frame?.remove();
      frame = make('iframe', dialog, { src, title: label ?? book, allow: 'payment' });
    }
    opener = by;
    unlock = lock(page);
    dialog.showModal();
  }

  dialog.onclose = () => {
    unlock?.();
    opener?.focus();
  };
  addEventListener('message', (event: MessageEvent<Said | null>) => {
    // Keys that are pressed in the frame don't arrive here: the page in it says when it is Escape.
    const ours = event.source === frame?.contentWindow && event.origin === origin;
    if (ours && event.data?.openchair === 'close') dialog.close();
  });
  document.addEventListener('click', (event) => {
    const by = (event.target as Element).closest<HTMLElement>('[data-openchair]');
    // A link that is opened in another tab stays a link.
    if (!by?.dataset['openchair'] || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(by.dataset['openchair'], by);
  });
  if (shop) {
    const button = make('button', shadow, { className: 'book', type: 'button', textContent: label ?? book });
    button.ariaHasPopup = 'dialog';
    button.onclick = () => open(shop, button);
  }
  document.body.append(host);
}

/** Keeps the page behind from scrolling, and from jumping when its scroll bar goes. Gives the way back. */
function lock(page: HTMLElement): () => void {
  const { overflow, paddingInlineEnd } = page.style;
  const bar = innerWidth - page.clientWidth;
  page.style.overflow = 'hidden';
  if (bar > 0) page.style.paddingInlineEnd = `${bar}px`;
  return () => Object.assign(page.style, { overflow, paddingInlineEnd });
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  // In the head, there is no body yet to put anything into.
  if (document.body) start(script);
  else addEventListener('DOMContentLoaded', () => start(script));
}
