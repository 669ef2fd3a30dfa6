import { locale } from './words'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** "2.3 MB", "812 kB", "12 bytes": by 1024, as the limits are set. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  // 1023.7 kB would be shown as 1,024 kB.
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return new Intl.NumberFormat(locale.value, {
    style: 'unit',
    unit: UNITS[unit] ?? 'gigabyte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value)
}
