// What is told of a card: its brand, and nothing else of it is ever known here.

const NAMES: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

/** The name of a brand as the provider writes it; nothing for one that isn't known: a card is a card. */
export const brandOf = (brand: string | null | undefined): string | undefined =>
  brand && Object.hasOwn(NAMES, brand) ? NAMES[brand] : undefined;
