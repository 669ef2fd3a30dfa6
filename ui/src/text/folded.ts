/**
 * Text as it is searched: capitals and accents don't matter, and Hangul is taken apart, so that a syllable
 * half typed, 미 on the way to 민, already finds 민아.
 */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
}
