// The other side of the widget: the shop's page inside of the frame.

/** Whether the page stands in a frame on somebody's site, wherever one goes in it. No cookie comes along there: nobody
 *  is known. */
export const framed = new URLSearchParams(location.search).has('embed') && parent !== window;

/** Closes the dialog around the frame. It is the same for whoever frames it: it says nothing of anybody. */
export function closeFrame(): void {
  parent.postMessage({ openchair: 'close' }, '*');
}

/** Escape closes the dialog, unless something in the page has closed by it. */
export function closeByEscape(): void {
  if (!framed) return;
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open], :popover-open'))
      closeFrame();
  });
}
