import { describe, expect, it } from 'vitest'
import { mentions } from '../text/mentions'
import { namesOf, othersIn } from './people'
import { EMPTY } from './state'

const members = new Map([
  ['a', 'Mina'],
  ['b', 'Jun'],
  ['c', 'Anonymous'],
  ['d', 'Jun'],
])

describe('the people one can call', () => {
  it('are the others, each name once, and nobody without one', () => {
    expect(
      othersIn({ ...EMPTY, members, you: { host: false, member: 'a', nickname: 'Mina', ticket: 'me.1' } }),
    ).toEqual(['Jun'])
  })

  it('are looked for in what is said, oneself included', () => {
    const called = (text: string, own: string) =>
      mentions(text, namesOf(members, own)).map(({ name }) => name)
    expect(called('@Jun @Mina @Anonymous', 'Mina')).toEqual(['Jun', 'Mina'])
    expect(called('@Kim', 'Kim')).toEqual(['Kim'])
    expect(namesOf(members, 'Anonymous').own).toBeNull()
  })
})
