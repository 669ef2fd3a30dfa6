import { describe, expect, it } from 'vitest'
import type { Body, Event } from '../wire.gen'
import { expected, withChanges } from './changes'
import type { Pending } from './state'

let seq = 0
const event = (id: string, body: Body, member = 'mina'): Event => {
  seq += 1
  return { seq, at: seq, member, nickname: member, id, body }
}
const said = (id: string, text: string) => event(id, { kind: 'message', text })
const react = (id: string, of: string, emoji: string, on: boolean, member: string) =>
  event(id, { kind: 'reacted', of, emoji, on }, member)
const bodies = (events: readonly Event[]) => events.map(({ body }) => body)

describe('changes of messages', () => {
  it('leave everything as it was where there are none', () => {
    const events = [said('a', 'one'), said('b', 'two')]
    expect(withChanges(events, events)).toBe(events)
  })

  it('show in the message, the latest words last', () => {
    const events = [said('a', 'one'), said('b', 'two')]
    const edits = [
      event('e1', { kind: 'edited', of: 'a' }),
      event('e2', { kind: 'edited', of: 'a', text: 'eins' }),
    ]
    expect(bodies(withChanges(events, edits))).toEqual([
      { kind: 'message', text: 'eins', edited: 'e2' },
      { kind: 'message', text: 'two' },
    ])
  })

  it('come to the same when they are applied again', () => {
    const events = [said('a', 'one')]
    const changes = [
      react('1', 'a', '👍', true, 'jun'),
      react('2', 'a', '👍', true, 'sol'),
      react('3', 'a', '🎉', true, 'jun'),
      react('4', 'a', '👍', false, 'jun'),
      event('5', { kind: 'edited', of: 'a', text: 'eins' }),
    ]
    const once = withChanges(events, changes)
    expect(bodies(once)).toEqual([
      {
        kind: 'message',
        text: 'eins',
        edited: '5',
        reactions: [
          { emoji: '👍', members: ['sol'] },
          { emoji: '🎉', members: ['jun'] },
        ],
      },
    ])
    // The order of the emoji may differ while they are applied again, not who put which.
    const again = withChanges(once, changes)[0]?.body
    expect(again?.kind === 'message' && new Set(again.reactions?.map((it) => JSON.stringify(it)))).toEqual(
      new Set(['{"emoji":"👍","members":["sol"]}', '{"emoji":"🎉","members":["jun"]}']),
    )
  })

  it('leave nothing of what was deleted, and nothing changes it any more', () => {
    const events = [said('a', 'one'), said('b', 'two')]
    const changes = [
      event('1', { kind: 'deleted', of: 'a' }),
      event('2', { kind: 'deleted', of: 'b' }, 'host'),
      event('3', { kind: 'edited', of: 'a', text: 'back' }),
    ]
    expect(bodies(withChanges(events, changes))).toEqual([
      { kind: 'gone' },
      { kind: 'gone', by: { member: 'host', nickname: 'host' } },
    ])
  })

  it('of what is not here are nothing', () => {
    const events = [said('b', 'two')]
    expect(withChanges(events, [event('1', { kind: 'deleted', of: 'a' })])).toBe(events)
  })

  it('that wait here show already, but for those that were refused', () => {
    const pending: Pending[] = [
      { id: 'p1', text: 'eins', at: 1, change: { kind: 'edit', of: 'a' } },
      { id: 'p2', text: '', at: 2, change: { kind: 'reaction', of: 'a', emoji: '👍', on: true } },
      { id: 'p3', text: '', at: 3, change: { kind: 'deletion', of: 'a' }, failed: 'not_yours' },
    ]
    expect(expected(said('a', 'one'), pending, 'mina').body).toEqual({
      kind: 'message',
      text: 'eins',
      edited: 'p1',
      reactions: [{ emoji: '👍', members: ['mina'] }],
    })
  })
})
