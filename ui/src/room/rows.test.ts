import { describe, expect, it } from 'vitest'
import type { Event } from '../wire.gen'
import { type Row, rowsByDay } from './rows'
import type { Notice } from './state'

const NOON = new Date(2026, 10, 23, 12).getTime()
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const said = (seq: number, member: string, at: number, id = `id-${seq}`): Event => ({
  seq,
  at,
  member,
  nickname: member,
  id,
  body: { kind: 'message', text: `${seq}` },
})
const notice = (key: number, after: number, at: number): Notice => ({
  key,
  kind: 'joined',
  at,
  after,
  people: [{ member: 'ana', nickname: 'Ana' }],
})
/** `1+` opens a group, `2` continues it, `n1` is a notice, `m2` what a host did, `p(a)` is pending, `--` is where reading stopped. */
const line = (row: Row) => {
  switch (row.kind) {
    case 'notice':
      return `n${row.notice.key}`
    case 'measure':
      return `m${row.event.seq}`
    case 'unread':
      return '--'
    case 'pending':
      return `p(${row.pending.id})${row.first ? '+' : ''}`
    case 'message':
      return `${row.event.seq}${row.first ? '+' : ''}`
  }
}
const lines = (...from: Parameters<typeof rowsByDay>) => rowsByDay(...from).map((day) => day.rows.map(line))

describe('rows', () => {
  it('group what one author says within minutes', () => {
    const events = [
      said(1, 'jun', NOON),
      said(2, 'jun', NOON + MINUTE),
      said(3, 'me', NOON + 2 * MINUTE),
      said(4, 'jun', NOON + 3 * MINUTE),
      said(5, 'jun', NOON + 9 * MINUTE),
    ]
    expect(lines(events, [], [], 'me', true)).toEqual([['1+', '2', '3+', '4+', '5+']])
  })

  it('stand under their day, and a day opens a group', () => {
    const events = [said(1, 'jun', NOON), said(2, 'jun', NOON + DAY), said(3, 'jun', NOON + DAY + 1)]
    expect(lines(events, [], [], 'me', true)).toEqual([['1+'], ['2+', '3']])
  })

  it('keep the log’s order when the host’s clock was set back', () => {
    const events = [said(1, 'jun', NOON + DAY), said(2, 'ana', NOON)]
    expect(lines(events, [], [], 'me', true)).toEqual([['1+', '2+']])
  })

  it('show what a host did at its place, and begin a group after it', () => {
    const muted: Event = {
      ...said(2, 'host', NOON),
      body: { kind: 'measure', what: 'member', deed: 'muted', of: 'jun', called: 'Jun' },
    }
    const log = [said(1, 'ana', NOON), muted, said(3, 'ana', NOON)]
    expect(lines(log, [], [], 'me', true)).toEqual([['1+', 'm2', '3+']])
  })

  it('show notices where they happened', () => {
    const events = [said(4, 'jun', NOON), said(5, 'jun', NOON + 1)]
    const notices = [notice(1, 2, NOON), notice(2, 4, NOON), notice(3, 5, NOON)]
    expect(lines(events, notices, [], 'me', true)).toEqual([['4+', 'n2', '5+', 'n3']])
    expect(lines(events, notices, [], 'me', false)).toEqual([['4+', 'n2', '5+']])
  })

  it('show where reading stopped, and begin a group after it', () => {
    const events = [said(4, 'jun', NOON), said(5, 'jun', NOON + 1), said(6, 'jun', NOON + DAY)]
    expect(lines(events, [], [], 'me', true, 5)).toEqual([['4+', '--', '5+'], ['6+']])
    expect(lines(events, [notice(1, 5, NOON)], [], 'me', true, 6)).toEqual([
      ['4+', '5', 'n1'],
      ['--', '6+'],
    ])
    expect(lines(events, [], [], 'me', true, 3)).toEqual([['4+', '5'], ['6+']])
  })

  it('show notices in a room without messages', () => {
    expect(lines([], [notice(1, 0, NOON)], [], 'me', true)).toEqual([['n1']])
  })

  it('show what is pending at the end, and only there', () => {
    const events = [said(1, 'me', NOON)]
    const pending = [{ id: 'a', text: 'hi', at: NOON + MINUTE }]
    expect(lines(events, [], pending, 'me', true)).toEqual([['1+', 'p(a)']])
    expect(lines(events, [], pending, 'me', false)).toEqual([['1+']])
  })

  it('keep the key of a message that settles', () => {
    const before = rowsByDay([], [], [{ id: 'a', text: 'hi', at: NOON }], 'me', true)
    const after = rowsByDay([said(1, 'me', NOON, 'a')], [], [], 'me', true)
    expect(after[0]?.rows[0]?.key).toBe(before[0]?.rows[0]?.key)
  })

  it('have keys of their own, even when somebody copies an id', () => {
    const days = rowsByDay([said(1, 'me', NOON, 'a'), said(2, 'jun', NOON, 'a')], [], [], 'me', true)
    const keys = days.flatMap((day) => day.rows.map((row) => row.key))
    expect(new Set(keys).size).toBe(2)
  })
})
