// What writes dates, numbers and lists is made once for a language: to make one costs an old phone
// more than a page of what it writes.

function once<Options, Formatter>(make: new (locale: string, options?: Options) => Formatter) {
  const made: Record<string, Formatter> = {};
  return (locale: string, options?: Options): Formatter =>
    (made[locale + JSON.stringify(options)] ??= new make(locale, options));
}

export const dates = once<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>(Intl.DateTimeFormat);
export const numbers = once<Intl.NumberFormatOptions, Intl.NumberFormat>(Intl.NumberFormat);
export const lists = once<Intl.ListFormatOptions, Intl.ListFormat>(Intl.ListFormat);
export const plurals = once<Intl.PluralRulesOptions, Intl.PluralRules>(Intl.PluralRules);

/** The first of them is dear: it is made between two other things, so that no tap has to wait for both. */
export const prepare = (locale: string) => setTimeout(() => dates(locale));
