const FORMS = new Intl.PluralRules('en')

/**
 * An English text for a number: `one` or `other`, as `Intl` has it; each # is the number. Korean counts without
 * plurals.
 */
export const plural = (n: number, one: string, other: string) =>
  (FORMS.select(n) === 'one' ? one : other).replaceAll('#', n.toLocaleString('en'))
