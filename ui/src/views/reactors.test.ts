import { afterEach, describe, expect, it } from 'vitest'
import { chooseLanguage } from '../words/words'
import { reactors } from './reactors'

const NAMES: Record<string, string> = { m: 'Mina', j: 'Jun', k: 'Kim' }
const nameOf = (member: string) => NAMES[member] ?? ''
const who = (members: string[], me: string | null, named?: number) =>
  reactors({ emoji: '👍', members }, me, nameOf, named)

describe('who reacted', () => {
  afterEach(() => chooseLanguage('en'))

  it('is oneself first, then whoever is known, and how many more', async () => {
    await chooseLanguage('en')
    expect(who(['m'], 'x')).toBe('Mina')
    expect(who(['m', 'me'], 'me')).toBe('You and Mina')
    expect(who(['gone', 'm'], 'x')).toBe('Mina and 1 other')
    expect(who(['gone', 'm', 'lost', 'me'], 'me')).toBe('You, Mina, and 2 others')
    expect(who(['gone'], 'x')).toBe('Someone')
    expect(who(['gone', 'lost'], null)).toBe('2 people')
    expect(who(['gone', 'm', 'j', 'k', 'me'], 'me', Number.POSITIVE_INFINITY)).toBe(
      'You, Mina, Jun, Kim, and 1 other',
    )
    await chooseLanguage('ko')
    expect(who(['gone', 'm', 'me'], 'me')).toBe('나, Mina 외 1명')
  })
})
