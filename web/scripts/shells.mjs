// The shells: each is a page of its own with its own weight. `pages` says which addresses show it, the first
// that fits: the server knows the same (server/src/pages), and the development server asks here. `later` names
// what no first view of a page loads, since somebody presses or chooses something before; `words` which
// catalogues the pages of a folder come with, where no `pages.ts` says so; `others` the bar of the pages of a
// folder, where it isn't the shell's. What is weighed has the words of the longest language in it.
export const SHELLS = [
  {
    name: 'app',
    pages: /^\/app(\/|$)/,
    // Its heaviest page is the day at a desk: its columns, its agenda and who waits beside it, with a sentence for
    // every refusal.
    js: 109.5,
    css: 13,
    later: [
      'src/app/customers/Export.svelte',
      'src/app/customers/customer/Edit.svelte',
      'src/app/customers/customer/Erase.svelte',
      'src/app/customers/duplicates/Merge.svelte',
      'src/app/day/MoveVisit.svelte',
      'src/app/day/NewVisit.svelte',
      'src/app/day/Refusal.svelte',
      'src/app/day/VisitSheet.svelte',
      'src/app/day/back.ts',
      'src/app/day/calling.ts',
      'src/app/day/lost.ts',
      'src/app/day/seat.ts',
      'src/app/day/why.ts',
      'src/app/line/Add.svelte',
      'src/app/line/Convert.svelte',
      'src/app/palette/Palette.svelte',
      'src/app/palette/Shortcuts.svelte',
      'messages/palette',
      // Only whoever looks after the platform is ever inside of a business.
      'src/app/platform/Inside.svelte',
      'src/app/platform/stay.ts',
      'src/app/series/PartOf.svelte',
      'messages/series',
      // Few visits have it.
      'src/app/day/VisitRisk.svelte',
      'src/app/sold/CancelMembership.svelte',
      'src/app/sold/RenewMembership.svelte',
      // What is paid is told where somebody asks for it, beyond the pages that come with it.
      'messages/payments',
    ],
  },
  {
    name: 'index',
    pages: /^\/(sign-up|sign-in(\/link)?|forgot-password|reset-password|verify-email|join)?$/,
    js: 35,
    css: 6,
  },
  { name: 'board', pages: /^\/[\w-]+\/tv$/, js: 33, css: 6 },
  {
    name: 'queue',
    pages: /^\/(q|kiosk)\/[^/]+$|^\/[\w-]+\/queue$/,
    js: 37.5,
    css: 6,
    // The tablet at the door greets before it asks, and gives a ticket after that.
    later: ['src/lib/ui/QrCode.svelte', 'src/queue/kiosk/Ask.svelte'],
  },
  {
    name: 'book',
    pages: /^\/(b|w|o|g)\/[^/]+$|^\/[\w-]+(\/gift)?$/,
    js: 35,
    css: 6,
    // A visit that there is something to pay for has what one pays with.
    others: { 'src/gift/': 47, 'src/visit/': 46.5, 'src/waiting/': 43.5, 'src/regulars/': 38 },
    words: { 'src/gift/': ['visit', 'pay', 'gift'], 'src/regulars/': ['regulars'], 'src/visit/': ['visit'], 'src/waiting/': ['visit', 'waiting'] },
    later: [
      'src/book/booking/Extras.svelte',
      'src/book/booking/When.svelte',
      'src/book/booking/Whom.svelte',
      'src/book/booking/desk.ts',
      'src/book/preview.ts',
      'src/book/ui/Gone.svelte',
      'src/gift/link.ts',
      'src/hear/late.ts',
      // Somebody wants to pay by card.
      'src/pay/CardForm.svelte',
      // No shop that takes bookings has it.
      'src/book/ui/Paused.svelte',
      'src/plans/late.ts',
      'src/regulars/notes.ts',
      'src/repeat/late.ts',
      // Nothing is due where it comes.
      'src/rest/late.ts',
      'src/visit/again.ts',
      'src/visit/Cancel.svelte',
      'src/visit/Done.svelte',
      'src/visit/FillIn.svelte',
      'src/visit/Move.svelte',
      'src/visit/Wait.svelte',
      'src/visit/Who.svelte',
      'src/voucher/late.ts',
      'messages/visit',
    ],
  },
];

/** The parts of the words that every page of a shell starts with. */
export const AT_ONCE = ['ui', 'app', 'front', 'book', 'queue'];

/** The weight that others' sites have to bear. */
export const WIDGET = 3;

/** What the staff pages have work for them beside; most of it is the list of what they consist of. */
export const WORKER = 6;

/** What customers have work for them beside, who want to be told of their visits. */
export const NOTES = 1;
