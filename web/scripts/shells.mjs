// The shells: each is a page of its own with its own weight. `pages` says which addresses show it, the first
// that fits: the server knows the same (server/src/pages), and the development server asks here.
export const SHELLS = [
  // Its heaviest page is the day, with the live line and what a visit's sheet needs.
  { name: 'app', pages: /^\/app(\/|$)/, js: 85, css: 12 },
  {
    name: 'index',
    pages: /^\/(sign-up|sign-in(\/link)?|forgot-password|reset-password|verify-email|join)?$/,
    js: 35,
    css: 6,
  },
  { name: 'board', pages: /^\/[\w-]+\/tv$/, js: 30, css: 6 },
  { name: 'queue', pages: /^\/(q|kiosk)\/[^/]+$|^\/[\w-]+\/queue$/, js: 36, css: 6 },
  { name: 'book', pages: /^\/(b|w|o)\/[^/]+$|^\/[\w-]+$/, js: 35, css: 6 },
];

/** The weight that others' sites have to bear. */
export const WIDGET = 3;

/** What the staff pages have work for them beside; most of it is the list of what they consist of. */
export const WORKER = 6;
